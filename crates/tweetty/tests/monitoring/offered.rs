//! The dashboard, the alerts and the manual speak of the metrics that there are, and of no others.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::exchange::{call, get, send_picture};
use crate::metrics::{Exposed, measured};
use crate::support::Store;

on_both_stores!(everything_that_is_asked_of_prometheus_is_served);

/// Metrics and labels that Prometheus itself adds.
const FROM_PROMETHEUS: [&str; 1] = ["up"];
const ADDED_LABELS: [&str; 2] = ["job", "instance"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every `expr` of the dashboard.
fn dashboard() -> Vec<String> {
    fn look(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                found.extend(fields.get("expr").and_then(Value::as_str).map(str::to_owned));
                fields.values().for_each(|inner| look(inner, found));
            }
            Value::Array(values) => values.iter().for_each(|inner| look(inner, found)),
            _ => (),
        }
    }
    let mut found = vec![];
    look(&serde_json::from_str(&read("deploy/grafana/tweetty.json")).unwrap(), &mut found);
    found
}

/// Every `expr` of the rules, each on a line of its own.
fn rules() -> Vec<String> {
    let text = read("deploy/prometheus/tweetty.rules.yml");
    text.lines().filter_map(|line| line.trim().strip_prefix("expr: ")).map(str::to_owned).collect()
}

/// What an expression asks for: metrics with their conditions, and the labels by which it groups.
#[derive(Debug, Default, PartialEq, Eq)]
struct Asked {
    metrics: Vec<(String, Vec<Condition>)>,
    labels: BTreeSet<String>,
}

/// Label, operator and value.
type Condition = (String, String, String);

impl Asked {
    fn by(expression: &str) -> Self {
        let mut asked = Self::default();
        let mut rest = expression;
        while let Some(start) = rest.find(|character: char| !character.is_whitespace()) {
            rest = &rest[start..];
            let word = rest.find(|character: char| !(character.is_ascii_alphanumeric() || character == '_'));
            let (word, behind) = rest.split_at(word.unwrap_or(rest.len()));
            if word.is_empty() {
                // A range, a text, or an operator.
                let end = match rest.chars().next() {
                    Some('[') => rest.find(']').unwrap(),
                    Some('"') => 1 + rest[1..].find('"').unwrap(),
                    _ => 0,
                };
                rest = &rest[end + 1..];
                continue;
            }
            rest = behind.trim_start();
            match (word, rest.chars().next()) {
                ("by" | "on" | "without" | "ignoring" | "group_left", Some('(')) => {
                    let end = rest.find(')').unwrap();
                    asked.labels.extend(rest[1..end].split(',').map(|label| label.trim().to_owned()));
                    rest = &rest[end + 1..];
                }
                (_, Some('{')) => {
                    let end = rest.find("\"}").map_or_else(|| rest.find('}').unwrap(), |end| end + 1);
                    asked.metrics.push((word.to_owned(), conditions(&rest[1..end])));
                    rest = &rest[end + 1..];
                }
                (_, Some('(')) | ("and" | "or" | "unless" | "bool" | "sum" | "max" | "topk", _) => (),
                _ if word.starts_with(|first: char| first.is_ascii_digit()) => (),
                _ => asked.metrics.push((word.to_owned(), vec![])),
            }
        }
        asked
    }
}

fn conditions(text: &str) -> Vec<Condition> {
    let parts = text.split("\",").filter(|part| !part.trim().is_empty());
    let condition = |part: &str| {
        let (left, value) = part.split_once('"').unwrap();
        let label = left.trim_start().trim_end_matches(['=', '~', '!']);
        (
            label.to_owned(),
            left.trim_start()[label.len()..].to_owned(),
            value.trim_end_matches('"').to_owned(),
        )
    };
    parts.map(condition).collect()
}

/// What is wrong with that question to a service that serves this.
fn wrong(expression: &str, served: &BTreeMap<String, Vec<&BTreeMap<String, String>>>) -> Vec<String> {
    let asked = Asked::by(expression);
    let mut known = ADDED_LABELS.map(str::to_owned).into_iter().collect::<BTreeSet<_>>();
    let mut problems = vec![];
    for (metric, conditions) in &asked.metrics {
        if FROM_PROMETHEUS.contains(&metric.as_str()) {
            continue;
        }
        let Some(series) = served.get(metric) else {
            problems.push(format!("{metric} is not served: {expression}"));
            continue;
        };
        known.extend(series.iter().flat_map(|labels| labels.keys().cloned()));
        for (label, operator, value) in conditions {
            let has = series.iter().any(|labels| labels.contains_key(label))
                || ADDED_LABELS.contains(&label.as_str());
            let never = operator == "=" && !series.iter().any(|labels| labels.get(label) == Some(value));
            if !has || never && !ADDED_LABELS.contains(&label.as_str()) {
                problems.push(format!("{metric} has no {label}{operator}{value}: {expression}"));
            }
        }
    }
    for label in asked.labels.difference(&known) {
        problems.push(format!("nothing has the label {label}: {expression}"));
    }
    problems
}

fn everything_that_is_asked_of_prometheus_is_served(store: Store) {
    let service = measured(store);
    let key = service.add_user("ann");
    call(&service, "POST", "/api/tweets", &key, r#"{"tweet_data": "x"}"#);
    call(&service, "POST", "/api/tweets/1/likes", &key, "");
    send_picture(&service, &key);
    get(&service, "/api/tweets", &key);
    let exposed = Exposed::of(&service);
    let mut served = BTreeMap::<String, Vec<_>>::new();
    for sample in &exposed.0 {
        served.entry(sample.name.clone()).or_default().push(&sample.labels);
    }
    let (panels, alerts) = (dashboard(), rules());
    assert!(panels.len() >= 20 && alerts.len() >= 8, "{} {}", panels.len(), alerts.len());
    let problems =
        panels.iter().chain(&alerts).flat_map(|expression| wrong(expression, &served)).collect::<Vec<_>>();
    assert!(problems.is_empty(), "{problems:#?}");
    assert_ne!(wrong("rate(tweetty_nothing_total[5m])", &served), Vec::<String>::new(), "this test can fail");
    assert_ne!(wrong("sum by (color) (tweetty_uploads_total)", &served), Vec::<String>::new());
    assert_ne!(wrong("tweetty_uploads_total{outcome=\"lost\"}", &served), Vec::<String>::new());
    assert_eq!(manual(), names(&exposed), "docs/monitoring.md describes each metric, and no other");
}

/// The metrics that are served, without what a histogram adds.
fn names(exposed: &Exposed) -> BTreeSet<String> {
    let histograms = exposed.0.iter().filter_map(|sample| sample.name.strip_suffix("_bucket"));
    let histograms = histograms.map(str::to_owned).collect::<BTreeSet<_>>();
    let plain = |name: &str| {
        let whole = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end));
        whole.filter(|whole| histograms.contains(*whole)).unwrap_or(name).to_owned()
    };
    exposed.0.iter().map(|sample| plain(&sample.name)).collect()
}

/// The metrics of the manual's tables: the first word of a row, in backquotes.
fn manual() -> BTreeSet<String> {
    let text = read("docs/monitoring.md");
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let metrics = rows.filter(|word| word.starts_with("tweetty_") || word.starts_with("process_"));
    metrics.map(|word| word.split('{').next().unwrap_or(word).to_owned()).collect()
}

#[test]
fn an_expression_is_taken_apart_into_metrics_conditions_and_groups() {
    let asked = Asked::by(
        "histogram_quantile(0.99, sum by (le, route) (rate(a_bucket{route!~\"/x{y}|b\", m=\"GET\"}[5m]))) > 0.5 and b",
    );
    let condition =
        |label: &str, operator: &str, value: &str| (label.to_owned(), operator.to_owned(), value.to_owned());
    let conditions = vec![condition("route", "!~", "/x{y}|b"), condition("m", "=", "GET")];
    assert_eq!(asked.metrics, [("a_bucket".to_owned(), conditions), ("b".to_owned(), vec![])]);
    assert_eq!(asked.labels.into_iter().collect::<Vec<_>>(), ["le", "route"]);
}
