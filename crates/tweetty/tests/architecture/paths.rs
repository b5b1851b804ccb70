//! The paths that a source file names outside comments, text and tests.

/// A path from the root of its crate, and the name that an import gives to it.
#[derive(Debug, PartialEq)]
pub(crate) struct Path<'a> {
    pub(crate) segments: Vec<&'a str>,
    pub(crate) name: &'a str,
}

/// What the file of a module that lies `depth` below the root names by `crate::` or `super::`, and a root by `use`.
pub(crate) fn paths(source: &str, depth: usize) -> Vec<Path<'_>> {
    let words = words(source);
    let word = |at: usize| words.get(at).copied().unwrap_or_default();
    let (mut found, mut at) = (Vec::new(), 0);
    // How many braces are open, and at how many of them an inline module began.
    let (mut braces, mut inline) = (0, Vec::new());
    while at < words.len() {
        let below = depth + inline.len();
        let begins = matches!(word(at), "crate" | "super") && word(at + 1) == "::"
            || (below == 0 && word(at) == "use");
        if words[at..].starts_with(&["#", "[", "cfg", "(", "test", ")", "]"]) {
            at = end_of_item(&words, at + 7);
            continue;
        }
        if begins {
            let mut spread = Vec::new();
            let first = at + usize::from(word(at) == "use");
            at = spread_out(&words, first, &mut Vec::new(), &mut spread);
            found.extend(spread.into_iter().filter_map(|path| from_root(path, below)));
            continue;
        }
        match word(at) {
            "mod" if word(at + 2) == "{" => inline.push(braces),
            "{" => braces += 1,
            "}" => {
                braces -= 1;
                inline.pop_if(|began| *began == braces);
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// Adds each path that begins here, `a::b` and `a::c` for `a::{b, c}`, and answers where they end.
fn spread_out<'a>(
    words: &[&'a str],
    start: usize,
    path: &mut Vec<&'a str>,
    found: &mut Vec<Path<'a>>,
) -> usize {
    let word = |at: usize| words.get(at).copied().unwrap_or_default();
    let mut at = start + 1;
    if word(start) == "{" {
        while !matches!(word(at), "}" | "") {
            at = if word(at) == "," { at + 1 } else { spread_out(words, at, path, found) };
        }
        return at + 1;
    }
    path.push(word(start));
    if word(at) == "::" && (is_name(word(at + 1)) || word(at + 1) == "{") {
        at = spread_out(words, at + 1, path, found);
    } else {
        let renamed = word(at) == "as";
        let name = if renamed { word(at + 1) } else { word(start) };
        at += if renamed { 2 } else { 0 };
        found.push(Path { segments: path.clone(), name });
    }
    path.pop();
    at
}

/// Nothing where the path stays below the root.
fn from_root(mut path: Path<'_>, depth: usize) -> Option<Path<'_>> {
    let steps = path.segments.iter().take_while(|segment| matches!(**segment, "self" | "super")).count();
    let up = path.segments.drain(..steps).filter(|step| *step == "super").count();
    if path.segments.first() == Some(&"crate") {
        path.segments.remove(0);
    } else if up != depth {
        return None;
    }
    Some(path)
}

/// Where the item ends whose attributes begin here, at the latest with what it is in.
fn end_of_item(words: &[&str], start: usize) -> usize {
    let mut open = 0;
    for (at, word) in words.iter().enumerate().skip(start) {
        match *word {
            "(" | "[" | "{" => open += 1,
            ")" | "]" | "}" => open -= 1,
            _ => {}
        }
        if open < 0 || (open == 0 && matches!(*word, ";" | "}")) {
            return at + usize::from(open == 0);
        }
    }
    words.len()
}

fn is_name(word: &str) -> bool {
    word.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

/// Names, numbers, `::` and single signs; comments, text and characters are left out.
pub(crate) fn words(source: &str) -> Vec<&str> {
    let (mut words, mut rest) = (Vec::new(), source);
    while let Some(first) = rest.chars().next() {
        let left_out = comment(rest).or_else(|| text(rest));
        let in_name = |sign: char| sign.is_alphanumeric() || sign == '_';
        let length = left_out.unwrap_or_else(|| match first {
            _ if rest.starts_with("::") => 2,
            _ if in_name(first) => rest.find(|sign| !in_name(sign)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        });
        let (word, behind) = rest.split_at(length);
        if left_out.is_none() && !first.is_whitespace() {
            words.push(word);
        }
        rest = behind;
    }
    words
}

/// How long the comment is that begins here.
fn comment(source: &str) -> Option<usize> {
    let end = if source.starts_with("//") { "\n" } else { "*/" };
    let begins = source.starts_with("//") || source.starts_with("/*");
    begins.then(|| source.find(end).map_or(source.len(), |at| at + end.len()))
}

/// How long the text or character is that begins here, or the mark of a lifetime.
fn text(source: &str) -> Option<usize> {
    let plain = source.strip_prefix(['b', 'c']).unwrap_or(source);
    if let Some(raw) = plain.strip_prefix('r') {
        let inside = raw.trim_start_matches('#');
        let end = format!("\"{}", &raw[..raw.len() - inside.len()]);
        if let Some(inside) = inside.strip_prefix('"') {
            let end = inside.find(&end).unwrap() + end.len();
            return Some(source.len() - inside.len() + end);
        }
    }
    let quote = plain.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let mut signs = plain.char_indices().skip(1);
    let mut inside = signs.clone().map(|(_, sign)| sign);
    if quote == '\'' && inside.next() != Some('\\') && inside.next() != Some('\'') {
        return Some(1);
    }
    while let Some((at, sign)) = signs.next() {
        if sign == quote {
            return Some(source.len() - plain.len() + at + 1);
        }
        if sign == '\\' {
            signs.next();
        }
    }
    None
}

#[test]
fn paths_are_found_in_code_and_nowhere_else() {
    let source = r##"
        use crate::{a, b::{self, C as D}};
        use super::e::{F, G as H};
        pub(in crate::own) fn f<'a>(_: &'a str) -> crate::i::J { super::k::l::<u8>('"', "crate::no") }
        // crate::no
        mod inline { use super::super::m; use super::own; const N: &str = r#"" crate::no "#; }
        use super::{o, p};
        #[cfg(test)]
        #[expect(unused)]
        mod tests { use crate::no; fn f(_: [u8; 1]) {} }
        use crate::q;
    "##;
    let found = paths(source, 1);
    let found = found.iter().map(|path| format!("{} {}", path.segments.join("::"), path.name));
    let wanted = [
        "a a",
        "b::self self",
        "b::C D",
        "e::F F",
        "e::G H",
        "own own",
        "i::J J",
        "k::l l",
        "m m",
        "o o",
        "p p",
        "q q",
    ];
    assert_eq!(found.collect::<Vec<_>>(), wanted);
}
