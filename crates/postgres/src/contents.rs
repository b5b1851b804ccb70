//! What a dump would make, read before anything of it is executed.

use tweetty_tables::{Difference, SchemaDifference, TABLES};

/// Kinds of entries that a dump of ours has, as `pg_restore --list` writes them; a longer one before its beginning.
const OURS: [&str; 13] = [
    "TABLE DATA",
    "TABLE",
    "SEQUENCE OWNED BY",
    "SEQUENCE SET",
    "SEQUENCE",
    "DEFAULT",
    "FK CONSTRAINT",
    "CONSTRAINT",
    "INDEX",
    "EXTENSION",
    "COMMENT",
    "SCHEMA",
    "STATISTICS DATA",
];

/// Whatever a list of contents names that no dump of ours has: triggers, functions, rules, views, foreign tables, …
pub(crate) fn foreign_contents(list: &str) -> Vec<SchemaDifference> {
    list.lines()
        .filter(|line| !line.starts_with(';') && !line.trim().is_empty())
        .filter_map(foreign)
        .collect()
}

/// A line is `7; 1259 16386 TABLE public users owner`.
fn foreign(line: &str) -> Option<SchemaDifference> {
    let entry = line.splitn(4, ' ').nth(3).unwrap_or(line);
    let kind = OURS.iter().find(|kind| entry.strip_prefix(**kind).is_some_and(|rest| rest.starts_with(' ')));
    let is_ours = match kind {
        Some(kind @ (&"TABLE" | &"TABLE DATA")) => {
            let table = entry[kind.len()..].split_whitespace().nth(1).unwrap_or_default();
            table == "__diesel_schema_migrations" || TABLES.iter().any(|known| known.name == table)
        }
        kind => kind.is_some(),
    };
    let what = || entry.rsplit_once(' ').map_or(entry, |(what, _owner)| what).to_lowercase();
    (!is_ours).then(|| SchemaDifference { how: Difference::Unknown, what: what(), harmless: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dump_of_ours_has_nothing_foreign() {
        let list = "\
;\n; Archive created at 2026-11-30 04:00:00 UTC\n;\n\
2; 3079 16385 EXTENSION - pg_trgm \n\
215; 1259 16478 TABLE public users postgres\n\
214; 1259 16477 SEQUENCE public users_id_seq postgres\n\
3400; 0 16478 TABLE DATA public users postgres\n\
3401; 0 0 SEQUENCE SET public users_id_seq postgres\n\
3243; 2606 16487 CONSTRAINT public users users_pkey postgres\n\
3250; 1259 16590 INDEX public users_searchable postgres\n\
3260; 2606 16500 FK CONSTRAINT public tweets tweets_author_id_fkey postgres\n";
        assert_eq!(foreign_contents(list), []);
    }

    #[test]
    fn what_would_be_executed_later_is_foreign() {
        for (line, what) in [
            ("3262; 2620 16600 TRIGGER public users steal postgres", "trigger public users steal"),
            ("230; 1255 16599 FUNCTION public steal() postgres", "function public steal()"),
            ("3263; 2618 16601 RULE public tweets hide postgres", "rule public tweets hide"),
            ("231; 1259 16602 VIEW public everybody postgres", "view public everybody"),
            ("232; 1259 16603 TABLE public stolen postgres", "table public stolen"),
            ("3264; 3256 16604 POLICY public users hide postgres", "policy public users hide"),
            ("3265; 0 16478 ROW SECURITY public users postgres", "row security public users"),
            ("3266; 3466 16605 EVENT TRIGGER - watch postgres", "event trigger - watch"),
            ("no list", "no"),
        ] {
            let found = foreign_contents(line);
            assert_eq!(found.iter().map(|found| found.what.as_str()).collect::<Vec<_>>(), [what]);
        }
    }
}
