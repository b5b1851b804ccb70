//! Names and words of the generated company, in several scripts.

use rand::{RngExt as _, seq::IndexedRandom as _};
use rand_pcg::Pcg64Mcg;

/// First and last names of one script; both parts of a name come from one of these.
const NAMES: [(&[&str], &[&str]); 5] = [
    (
        &[
            "Anna", "Ben", "Clara", "David", "Elif", "Femi", "Grace", "Hugo", "Ines", "Jonas", "Kaya",
            "Liam", "Mara", "Noah", "Olga", "Pablo", "Rosa", "Samuel", "Tara", "Viktor",
        ],
        &[
            "Kowalski", "Smith", "Okafor", "Garcia", "Novak", "Larsen", "Rossi", "Dubois", "Keller", "Silva",
            "Murphy", "Yilmaz", "Tanaka", "Ivers", "Moreau", "Jansen",
        ],
    ),
    (
        &["Zoë", "Björn", "Łucja", "Théo", "Şule", "Ángel", "Jürgen", "Ødger"],
        &["Müller", "Nuñez", "Şahin", "Lévêque", "Åkesson", "Dvořák", "Żak", "Õunap"],
    ),
    (
        &["Анна", "Борис", "Вера", "Глеб", "Дарина", "Олексій", "Соня", "Юлия"],
        &["Иванова", "Шевченко", "Петров", "Козак", "Орлов", "Бондар", "Лебедева", "Мороз"],
    ),
    (
        &["Ελένη", "Νίκος", "Μαρία", "Σπύρος", "Άννα", "Γιώργος"],
        &["Παππάς", "Ιωάννου", "Δήμου", "Βλάχος", "Ράπτης"],
    ),
    (&["小明", "美玲", "陽子", "健太", "지우", "민준"], &["王", "李", "田中", "佐藤", "김", "박"]),
];

const WORDS: [&[&str]; 5] = [
    &[
        "the",
        "release",
        "meeting",
        "coffee",
        "today",
        "we",
        "shipped",
        "a",
        "new",
        "report",
        "is",
        "ready",
        "thanks",
        "to",
        "everyone",
        "who",
        "helped",
        "lunch",
        "at",
        "noon",
        "please",
        "review",
        "my",
        "draft",
        "before",
        "Friday",
        "customers",
        "love",
        "it",
        "server",
        "build",
        "green",
        "again",
        "finally",
        "great",
        "news",
        "from",
        "sales",
        "kitchen",
        "plants",
        "need",
        "water",
        "office",
        "closed",
        "on",
        "Monday",
        "welcome",
        "our",
        "colleague",
    ],
    &[
        "heute",
        "schön",
        "für",
        "alle",
        "Grüße",
        "über",
        "café",
        "déjà",
        "mañana",
        "señal",
        "año",
        "œuvre",
        "straße",
        "żółw",
        "çay",
        "günaydın",
    ],
    &[
        "сегодня",
        "отчёт",
        "готов",
        "спасибо",
        "всем",
        "кофе",
        "встреча",
        "завтра",
        "новости",
        "релиз",
        "дякую",
        "ранок",
    ],
    &["σήμερα", "καφές", "ευχαριστώ", "όλους", "νέα", "γραφείο", "καλημέρα"],
    &["今日", "会議", "ありがとう", "新しい", "报告", "完成", "咖啡", "안녕하세요", "회의", "감사합니다"],
];

const ENDS: [&str; 12] = [".", ".", ".", "!", "!", "?", "…", " 🎉", " ☕", " 👋🏽", " :)", ""];

/// A first and a last name.
pub(super) fn name(random: &mut Pcg64Mcg) -> (&'static str, &'static str) {
    let (first, last) = NAMES[script(random)];
    (one_of(first, random), one_of(last, random))
}

/// Writes a text of 1 to 30 words into `text`; it has at most 280 characters.
pub(super) fn write_text(text: &mut String, random: &mut Pcg64Mcg) {
    text.clear();
    let words = WORDS[script(random)];
    // The smaller of two draws: short texts are more usual than long ones.
    let length = random.random_range(1..=30).min(random.random_range(1..=30));
    for place in 0..length {
        if place > 0 {
            text.push(if random.random_ratio(1, 40) { '\n' } else { ' ' });
        }
        text.push_str(one_of(words, random));
    }
    text.push_str(one_of(&ENDS, random));
}

/// Latin twelve times of sixteen, each other script once.
fn script(random: &mut Pcg64Mcg) -> usize {
    random.random_range(0..16_usize).saturating_sub(11)
}

fn one_of(words: &'static [&'static str], random: &mut Pcg64Mcg) -> &'static str {
    words.choose(random).copied().unwrap_or("tweetty")
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;
    use tweetty_domain::TweetText;

    use super::*;

    #[test]
    fn every_text_is_one_that_a_person_could_publish_and_they_vary() {
        let mut random = Pcg64Mcg::seed_from_u64(1);
        let (mut text, mut lengths) = (String::new(), std::collections::HashSet::new());
        for _ in 0..20_000 {
            write_text(&mut text, &mut random);
            assert_eq!(TweetText::parse(&text, 280).unwrap().as_str(), text);
            lengths.insert(text.chars().count());
        }
        assert!(lengths.len() > 120, "{}", lengths.len());
    }
}
