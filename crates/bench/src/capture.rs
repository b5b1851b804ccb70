//! The statements that the server really sends for a request, from PostgreSQL's log: what limits a page is measured
//! with the page's own SQL, and nobody has to keep a copy of it up to date.

use std::fmt::Write as _;

/// Begins each line of the log that is no continuation; the setting `log_line_prefix`.
pub(crate) const LINE_PREFIX: &str = "@bench@ ";

/// A statement as it was executed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Executed {
    pub(crate) sql: String,
    /// The values of `$1`, `$2`, …; `None` is NULL.
    pub(crate) parameters: Vec<Option<String>>,
}

/// The prepared statements in a piece of the log, in their order.
pub(crate) fn executed(log: &str) -> Vec<Executed> {
    let mut statements: Vec<Executed> = Vec::new();
    for entry in entries(log) {
        if let Some(rest) = entry.strip_prefix("LOG:  execute ") {
            let sql = rest.split_once(": ").map_or("", |(_, sql)| sql).to_owned();
            statements.push(Executed { sql, parameters: vec![] });
        } else if let (Some(rest), Some(last)) =
            (entry.strip_prefix("DETAIL:  parameters: "), statements.last_mut())
        {
            last.parameters = parameters(rest);
        }
    }
    statements
}

/// What the server sets for each of its connections: `SET name = value` becomes `name=value`.
pub(crate) fn session_settings(log: &str) -> Vec<String> {
    let entries = entries(log);
    let statements = entries.iter().filter_map(|entry| entry.strip_prefix("LOG:  statement: "));
    // An UPDATE has a line with SET, too, and SET LOCAL is of a transaction.
    let of_sessions =
        |statements: &&str| statements.starts_with("SET ") && !statements.starts_with("SET LOCAL ");
    let sets = statements.map(str::trim).filter(of_sessions);
    let mut settings = Vec::new();
    for line in sets.flat_map(str::lines) {
        if let Some((name, value)) = line.trim().strip_prefix("SET ").and_then(|set| set.split_once(" = ")) {
            // Connections for operators have other time limits; those for requests come first.
            let beginning = format!("{name}=");
            if !settings.iter().any(|known: &String| known.starts_with(&beginning)) {
                settings.push(format!("{beginning}{}", value.trim_end_matches(';').trim_matches('\'')));
            }
        }
    }
    settings
}

/// Lines that begin with a tab belong to the entry before.
fn entries(log: &str) -> Vec<String> {
    let mut entries: Vec<String> = Vec::new();
    for line in log.lines() {
        if let Some(entry) = line.strip_prefix(LINE_PREFIX) {
            entries.push(entry.to_owned());
        } else if let (Some(more), Some(last)) = (line.strip_prefix('\t'), entries.last_mut()) {
            last.push('\n');
            last.push_str(more);
        }
    }
    entries
}

/// Reads `$1 = '5', $2 = NULL, $3 = 'it''s'`.
fn parameters(text: &str) -> Vec<Option<String>> {
    let mut parameters = Vec::new();
    let mut rest = text;
    while let Some((_, value)) = rest.split_once(" = ") {
        let Some(quoted) = value.strip_prefix('\'') else {
            parameters.push(None);
            rest = value.strip_prefix("NULL").unwrap_or_default();
            continue;
        };
        let mut parameter = String::new();
        let mut characters = quoted.char_indices().peekable();
        rest = "";
        while let Some((place, character)) = characters.next() {
            if character != '\'' {
                parameter.push(character);
            } else if characters.next_if(|(_, next)| *next == '\'').is_some() {
                parameter.push('\'');
            } else {
                rest = &quoted[place + 1..];
                break;
            }
        }
        parameters.push(Some(parameter));
    }
    parameters
}

/// The statements as a script for pgbench, and the variables that it needs. Lists stand in the text itself: they are
/// longer than an argument may be.
pub(crate) fn script(statements: &[Executed]) -> (String, Vec<(String, String)>) {
    let (mut script, mut variables) = (String::new(), Vec::new());
    for (number, Executed { sql, parameters }) in statements.iter().enumerate() {
        let mut pieces = sql.split('$');
        script.push_str(pieces.next().unwrap_or_default());
        for piece in pieces {
            let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
            let (place, rest) = piece.split_at(digits);
            match place.parse::<usize>().ok().and_then(|place| parameters.get(place.checked_sub(1)?)) {
                None => write!(script, "${place}").ok(),
                Some(None) => write!(script, "NULL").ok(),
                Some(Some(list)) if list.starts_with('{') => {
                    write!(script, "'{}'", list.replace('\'', "''")).ok()
                }
                Some(Some(value)) => {
                    let name = format!("s{number}p{place}");
                    write!(script, ":{name}").ok();
                    if !variables.iter().any(|(known, _)| *known == name) {
                        variables.push((name, value.clone()));
                    }
                    None
                }
            };
            script.push_str(rest);
        }
        script.push_str(";\n");
    }
    (script, variables)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "@bench@ LOG:  statement: SET statement_timeout = 5000;\n\
        \t         SET plan_cache_mode = force_generic_plan;\n\
        \t         SET TIME ZONE 'UTC'\n\
        @bench@ LOG:  statement: UPDATE users\n\
        \tSET name = 'ann'\n\
        @bench@ LOG:  statement: SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0\n\
        @bench@ LOG:  execute s1: SELECT a FROM b\n\
        \tWHERE c = $1 AND d = ANY ($2) AND e = $1\n\
        @bench@ DETAIL:  parameters: $1 = 'it''s, $9 = ''x''', $2 = '{1,2}', $3 = NULL, $4 = '7'\n\
        @bench@ LOG:  execute <unnamed>: SELECT 1\n";

    #[test]
    fn statements_are_read_with_their_lines_and_parameters() {
        let executed = executed(LOG);
        assert_eq!(executed.len(), 2);
        assert_eq!(executed[0].sql, "SELECT a FROM b\nWHERE c = $1 AND d = ANY ($2) AND e = $1");
        let wanted = [Some("it's, $9 = 'x'"), Some("{1,2}"), None, Some("7")];
        assert!(executed[0].parameters.iter().map(Option::as_deref).eq(wanted));
        assert_eq!(executed[1], Executed { sql: "SELECT 1".to_owned(), parameters: vec![] });
    }

    #[test]
    fn the_settings_of_a_session_are_read() {
        assert_eq!(session_settings(LOG), ["statement_timeout=5000", "plan_cache_mode=force_generic_plan"]);
    }

    #[test]
    fn a_script_has_variables_for_values_and_lists_in_its_text() {
        let (script, variables) = script(&executed(LOG));
        assert_eq!(
            script,
            "SELECT a FROM b\nWHERE c = :s0p1 AND d = ANY ('{1,2}') AND e = :s0p1;\nSELECT 1;\n"
        );
        assert_eq!(variables, [("s0p1".to_owned(), "it's, $9 = 'x'".to_owned())]);
    }
}
