//! Follows a module's JavaScript from line to line, so that the joiner never takes a template's text for code or code
//! for a comment. It knows no grammar: where it can't be sure, it refuses.

/// What a line is to the joiner.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// Blank, or nothing but a comment.
    Comment,
    /// Code outside of all brackets, not scanned yet.
    Outermost,
    /// Anything else, scanned: what is left of it without comments.
    Inner(String),
}

/// Whether a slash after the last token divides or begins a regular expression.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Slash {
    Divides,
    Begins,
    Unsure,
}

/// Something open, and what has to be known when it closes.
struct Open<'a> {
    /// `(`, `[`, `{`, a backtick for a template, `$` for code within a template.
    sign: char,
    /// The token before it.
    after: &'a str,
    /// Whether it is the body of an async function.
    is_async: bool,
}

/// Words after which a slash may mean either.
const UNSURE: [&str; 17] = [
    "await",
    "break",
    "case",
    "continue",
    "debugger",
    "delete",
    "do",
    "else",
    "extends",
    "in",
    "instanceof",
    "new",
    "of",
    "throw",
    "typeof",
    "void",
    "yield",
];
/// Words whose parentheses a statement may follow, `await` for that of `for await`.
const HEADS: [&str; 5] = ["if", "while", "for", "with", "await"];

const NO_SLASH: &str = "a division or a regular expression? Keep the regular expression in a constant, or \
    divide on a line of its own";
const NO_BRACKET: &str = "this closes nothing that is open";
const OUR_NAMES: &str = "modules and names that begin with module_ belong to the joined file: choose another";
const NO_IMPORT: &str = "import and export may only begin a line outside of all brackets, with one space after them; \
    import(…), import.meta and properties of these names are not supported: do without";

pub(crate) struct Code<'a> {
    open: Vec<Open<'a>>,
    in_comment: bool,
    last: &'a str,
    slash: Slash,
    /// How much was open at an `async` whose function's body hasn't begun.
    header: Option<usize>,
    /// Whether a comma outside of brackets would declare a second name for export.
    one_name: bool,
    waits: bool,
}

impl<'a> Code<'a> {
    pub(crate) fn new() -> Self {
        let open = Vec::new();
        Self {
            open,
            in_comment: false,
            last: "",
            slash: Slash::Begins,
            header: None,
            one_name: false,
            waits: false,
        }
    }

    /// Reads the next line, unless it is `Outermost`: that is left to `scan`.
    pub(crate) fn line(&mut self, line: &'a str) -> Result<Line, &'static str> {
        // JavaScript ends a line at these too.
        if line.contains(['\r', '\u{2028}', '\u{2029}']) {
            return Err("a line may only end in a line feed; write other separators as escapes");
        }
        let bare = line.trim();
        if self.is_in('`') {
            let misread = ["//", "/*", "import ", "export "].into_iter().any(|start| bare.starts_with(start));
            if misread {
                return Err(
                    "the line of a template may not begin like a comment, import or export: break it elsewhere",
                );
            }
        } else if self.in_comment || bare.starts_with("/*") {
            let text = if self.in_comment { bare } else { &bare[2..] };
            let rest = text.split_once("*/").map(|(_, rest)| rest);
            if self.in_comment && rest.is_some_and(|rest| !rest.is_empty()) {
                return Err("code after the end of a comment: begin a new line");
            }
            self.in_comment = rest.is_none();
            if rest.is_none_or(str::is_empty) {
                return Ok(Line::Comment);
            }
        } else if bare.is_empty() || bare.starts_with("//") {
            return Ok(Line::Comment);
        }
        if self.open.is_empty() {
            return Ok(Line::Outermost);
        }
        self.scan(line).map(Line::Inner)
    }

    /// From here to the next semicolon outside of brackets, a comma there would declare a second name.
    pub(crate) fn declares_one_name(&mut self) {
        self.one_name = true;
    }

    /// Whether something was waited for outside of all async functions.
    pub(crate) fn waits(&self) -> bool {
        self.waits
    }

    /// Whether the module may end here.
    pub(crate) fn end(&self) -> Result<(), &'static str> {
        if self.open.is_empty() && !self.in_comment {
            return Ok(());
        }
        Err("a bracket, template or comment is still open at the end: close it")
    }

    /// Reads a line, or what is left of it, token by token, and returns it without comments and indentation. Within a
    /// template both are text.
    pub(crate) fn scan(&mut self, line: &'a str) -> Result<String, &'static str> {
        let mut rest = if self.is_in('`') { line } else { line.trim_start() };
        let mut code = String::new();
        while let Some(sign) = rest.chars().next() {
            let mut length = sign.len_utf8();
            if self.is_in('`') {
                match sign {
                    '\\' => length += rest[1..].chars().next().map_or(0, char::len_utf8),
                    '`' => length = self.close("`", "`")?,
                    '$' if rest.starts_with("${") => {
                        length = 2;
                        self.open('$', "{");
                    }
                    _ => {}
                }
            } else if rest.starts_with("//") {
                break;
            } else if let Some(comment) = rest.strip_prefix("/*") {
                let end = comment.find("*/").ok_or("a comment after code has to end on its line")?;
                rest = comment[end + 2..].trim_start();
                // It may be all that keeps two words or signs apart.
                if !code.is_empty() && !code.ends_with([' ', '(', '[', '{', ',']) {
                    code.push(' ');
                }
                continue;
            } else if !sign.is_whitespace() {
                length = self.token(sign, rest)?;
            }
            code.push_str(&rest[..length]);
            rest = &rest[length..];
        }
        if self.header == Some(self.open.len()) && self.last != ">" {
            self.header = None;
        }
        if !self.is_in('`') {
            code.truncate(code.trim_end().len());
        }
        Ok(code)
    }

    /// Reads one token of code, and returns its length.
    fn token(&mut self, sign: char, rest: &'a str) -> Result<usize, &'static str> {
        let word = rest.split(|sign| !is_of_word(sign)).next().unwrap_or_default();
        if !word.is_empty() {
            self.word(word)?;
            return Ok(word.len());
        }
        let token = if rest.starts_with("...") { "..." } else { &rest[..sign.len_utf8()] };
        let mut slash = Slash::Unsure;
        match sign {
            '"' | '\'' => {
                let end = end_of(rest, sign).ok_or("a string has to end on its line: join pieces with +")?;
                (self.last, self.slash) = (token, Slash::Divides);
                return Ok(end);
            }
            // A regular expression ends on its line.
            '/' if self.slash == Slash::Divides || !rest[1..].contains('/') => slash = Slash::Begins,
            '/' if self.slash == Slash::Begins => {
                (self.last, self.slash) = (token, Slash::Divides);
                return end_of(rest, sign).ok_or(NO_SLASH);
            }
            '/' => return Err(NO_SLASH),
            '`' | '(' | '[' | '{' => {
                self.open(sign, token);
                return Ok(1);
            }
            ')' => return self.close("(", token),
            ']' => return self.close("[", token),
            '}' => return self.close("{$", token),
            ',' if self.one_name && self.open.is_empty() => {
                return Err("export one name a declaration: export const a = 1; and b on a line of its own");
            }
            ';' | ',' | ':' => {
                self.one_name &= sign != ';' || !self.open.is_empty();
                self.header = self.header.filter(|depth| *depth != self.open.len());
                slash = Slash::Begins;
            }
            '=' | '!' | '&' | '|' | '?' | '<' | '>' => slash = Slash::Begins,
            _ => {}
        }
        (self.last, self.slash) = (token, slash);
        Ok(token.len())
    }

    fn word(&mut self, word: &'a str) -> Result<(), &'static str> {
        let property = self.last == ".";
        match word {
            "import" | "export" => return Err(NO_IMPORT),
            "await" if !property && self.header.is_none() => {
                self.waits |= !self.open.iter().any(|open| open.is_async);
            }
            "async" if !property => self.header = Some(self.open.len()),
            _ if is_ours(word) => return Err(OUR_NAMES),
            _ => {}
        }
        self.slash = match word {
            _ if property => Slash::Divides,
            "return" => Slash::Begins,
            _ if UNSURE.contains(&word) => Slash::Unsure,
            _ => Slash::Divides,
        };
        // A property is no keyword.
        self.last = if property { "" } else { word };
        Ok(())
    }

    fn is_in(&self, sign: char) -> bool {
        self.open.last().is_some_and(|open| open.sign == sign)
    }

    fn open(&mut self, sign: char, token: &'a str) {
        let is_async = sign == '{' && self.header == Some(self.open.len()) && [")", ">"].contains(&self.last);
        if is_async {
            self.header = None;
        }
        self.open.push(Open { sign, after: self.last, is_async });
        (self.last, self.slash) = (token, Slash::Begins);
    }

    /// Closes the innermost, which has to be one of `signs`, and returns the token's length.
    fn close(&mut self, signs: &str, token: &'a str) -> Result<usize, &'static str> {
        let closed = self.open.pop().filter(|open| signs.contains(open.sign)).ok_or(NO_BRACKET)?;
        self.header = self.header.filter(|depth| *depth <= self.open.len());
        self.slash = match closed.sign {
            '{' => Slash::Unsure,
            '(' if HEADS.contains(&closed.after) => Slash::Unsure,
            _ => Slash::Divides,
        };
        self.last = token;
        Ok(token.len())
    }
}

/// Whether names may have it.
pub(crate) fn is_of_word(sign: char) -> bool {
    sign.is_alphanumeric() || sign == '_' || sign == '$'
}

/// Whether the joined file uses that name itself.
pub(crate) fn is_ours(word: &str) -> bool {
    word == "modules" || word.starts_with("module_")
}

/// Where the string or regular expression that `text` begins with ends.
fn end_of(text: &str, quote: char) -> Option<usize> {
    let (mut escaped, mut in_class) = (false, false);
    for (at, sign) in text.char_indices().skip(1) {
        match sign {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' if quote == '/' => in_class = true,
            ']' if quote == '/' => in_class = false,
            _ if sign == quote && !in_class => return Some(at + 1),
            _ => {}
        }
    }
    None
}
