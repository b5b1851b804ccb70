//! What stands between the columns of a file.

use super::problems::Problems;

/// A sign between columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Separator(char);

/// Those that programs write; of several that are as frequent, the first.
const ALL: [Separator; 4] = [Separator(','), Separator(';'), Separator('\t'), Separator('|')];

impl Separator {
    pub(super) fn byte(self) -> u8 {
        u8::try_from(self.0).unwrap_or(b',')
    }

    /// As a sentence names it.
    pub(super) fn name(self) -> &'static str {
        match self.0 {
            ';' => "';'",
            '\t' => "a tab",
            '|' => "'|'",
            _ => "','",
        }
    }

    /// Another one that a field is separated by.
    pub(super) fn other_in(self, field: &str) -> Option<Self> {
        ALL.into_iter().find(|other| *other != self && field.contains(other.0))
    }
}

/// The separator of a text, and where its records begin: a first line such as `sep=;`, which Excel writes, names it;
/// else it is the sign that is most frequent in the first line, quoted text aside.
pub(super) fn of(text: &str) -> Result<(Separator, usize), Problems> {
    let begin = text.len() - text.trim_start_matches(['\r', '\n']).len();
    let first = text.get(begin..).unwrap_or_default();
    let first = first.split(['\r', '\n']).next().unwrap_or_default();
    let Some(named) = first.trim_matches('"').to_ascii_lowercase().strip_prefix("sep=").map(str::to_owned)
    else {
        return Ok((most_frequent(first), begin));
    };
    let known = ALL.into_iter().find(|known| named.starts_with(known.0));
    if let (Some(known), 1) = (known, named.chars().count()) {
        return Ok((known, begin + first.len()));
    }
    Err(Problems::of(1, format!("sep={named}: columns are separated by one of , ; | and tabs")))
}

fn most_frequent(line: &str) -> Separator {
    let outside = line.split('"').step_by(2);
    let frequency =
        |separator: Separator| outside.clone().map(|part| part.matches(separator.0).count()).sum::<usize>();
    let mut best = ALL[0];
    for separator in ALL {
        if frequency(separator) > frequency(best) {
            best = separator;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_sign_of_the_first_line_separates() {
        for (text, separator, begin) in [
            ("", ',', 0),
            ("a", ',', 0),
            ("a,b\nc;d;e;f", ',', 0),
            ("\r\na;b;c", ';', 2),
            ("a\tb\tc,d", '\t', 0),
            ("a|b|c", '|', 0),
            ("\"a;b;c;d\",e", ',', 0),
            ("=cmd|'/c calc'!A1,=1+1,+2", ',', 0),
            ("sep=;\r\na;b", ';', 5),
            ("SEP=|\na|b", '|', 5),
            ("sep=\t\ra\tb", '\t', 5),
            ("\"sep=;\"\na;b", ';', 7),
            ("sep=,\na,b;c;d", ',', 5),
        ] {
            assert_eq!(of(text).unwrap(), (Separator(separator), begin), "{text:?}");
        }
        for text in ["sep=x\na", "sep=\na", "sep=;;\na"] {
            assert!(of(text).is_err(), "{text:?}");
        }
    }
}
