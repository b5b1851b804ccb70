//! How long a search takes among many people, for measurements that are made by hand.

use std::time::{Duration, Instant};

use tweetty_domain::{Designation, Login, NewUser, Particulars, PeopleStart, TweetId, UserId, Whom};
use tweetty_tables::{Company, CompanyFollow, CompanyLike, CompanyTweet, CompanyUser, Invented};

use crate::Store;
use crate::arrange::{new_user, part, person_name};

/// How many people there are.
const PEOPLE: u32 = 100_000;
const REPETITIONS: usize = 101;

const FIRST: [&str; 16] = [
    "Anna",
    "Пётр",
    "José",
    "Мария",
    "Lukas",
    "Ольга",
    "Chloé",
    "Иван",
    "Sofia",
    "Дмитрий",
    "Emma",
    "Сергей",
    "Noah",
    "Елена",
    "Zoë",
    "Юрий",
];
const LAST: [&str; 16] = [
    "Müller",
    "Иванов",
    "O'Brien",
    "Смирнова",
    "Schmidt",
    "Кузнецов",
    "Fischer",
    "Попова",
    "Weber",
    "Васильев",
    "Schneider",
    "Соколова",
    "Novák",
    "Михайлов",
    "García",
    "Фёдорова",
];
const DEPARTMENTS: [&str; 8] =
    ["Sales", "Продажи", "Research & Development", "Бухгалтерия", "Legal", "Логистика", "IT", "Склад"];

/// The department of those who were added last.
const NEWCOMERS: (u32, &str) = (60_000, "Fernbüro");

/// What is typed, and of how many it is a part: of many, of many who come last, of few who come last, of none.
const TYPED: [(&str, &str); 18] = [
    ("frequent, far", "fernburo"),
    ("frequent, far, short", "fe"),
    ("frequent, far, two words", "anna fernb"),
    ("frequent", "anna"),
    ("frequent", "иван"),
    ("frequent, short", "an"),
    ("frequent, short", "о"),
    ("frequent, two words", "петр иванов"),
    ("one in 256", "olga muller"),
    ("one in 1,000", "n7123"),
    ("rare", "kowalczyk"),
    ("rare", "ван дер"),
    ("rare, short", "李小"),
    ("rare, short", "x"),
    ("absent", "zqxwv"),
    ("absent, of frequent runs", "annaivan"),
    ("absent, short", "qz"),
    ("absent, two words", "anna zqx"),
];

struct Crowd;

impl Company for Crowd {
    fn users(&self) -> Box<dyn Iterator<Item = CompanyUser> + Send + '_> {
        Box::new((1..=PEOPLE).map(|number| CompanyUser {
            id: UserId::stored(number.into()),
            user: person(number),
            followers_count: 0,
            following_count: 0,
        }))
    }

    fn follows(&self) -> Box<dyn Iterator<Item = CompanyFollow> + Send + '_> {
        Box::new(std::iter::empty())
    }

    fn tweets(&self) -> Box<dyn Iterator<Item = CompanyTweet> + Send + '_> {
        let first = CompanyTweet {
            id: TweetId::stored(1),
            author: UserId::stored(1),
            text: tweetty_domain::TweetText::stored("hi".to_owned()),
            like_count: 0,
            created_at: crate::arrange::noon(),
        };
        Box::new(std::iter::once(first))
    }

    fn likes(&self) -> Box<dyn Iterator<Item = CompanyLike> + Send + '_> {
        Box::new(std::iter::empty())
    }
}

fn person(number: u32) -> NewUser {
    let mixed = number.wrapping_mul(2_654_435_761) >> 8;
    let chosen = |of: [&'static str; 16], by: u32| of[(mixed / by % 16) as usize];
    let (first, last) = match number {
        99_990 => ("Agnieszka", "Kowalczyk"),
        99_991 => ("Ян", "ван дер Берг"),
        99_992 => ("小龙", "李小明"),
        99_993 => ("Xenia", "Ax"),
        _ => (chosen(FIRST, 1), chosen(LAST, 16)),
    };
    let department = if number > NEWCOMERS.0 { NEWCOMERS.1 } else { DEPARTMENTS[(mixed / 256 % 8) as usize] };
    let login = format!("n{number}@corp.test");
    NewUser {
        first_name: Some(person_name(first)),
        last_name: Some(person_name(last)),
        particulars: Particulars {
            login: Login::parse(&login).ok(),
            department: Designation::parse(department).ok(),
            ..Particulars::default()
        },
        key: None,
        ..new_user(&format!("person.{number}"))
    }
}

/// What was typed, how many were on the first page, and the median of its times.
#[derive(Debug)]
pub struct SearchTime {
    /// Why that.
    pub what: &'static str,
    /// What.
    pub typed: &'static str,
    /// How many are on the first page of 20.
    pub found: usize,
    /// How long it took.
    pub median: Duration,
}

/// Fills an empty store with 100,000 people, and looks for some of them.
pub async fn search_times(store: &Store) -> Vec<SearchTime> {
    store.whole.load(Box::new(Invented(Crowd))).await.unwrap();
    let mut measured = Vec::new();
    for (what, typed) in TYPED {
        let (mut times, mut found) = (Vec::new(), 0);
        for _ in 0..REPETITIONS {
            let begun = Instant::now();
            let page = store
                .users
                .search(Some(part(typed)), Whom::Active, PeopleStart::After(None), 20)
                .await
                .unwrap();
            times.push(begun.elapsed());
            found = page.people.len();
        }
        times.sort();
        measured.push(SearchTime { what, typed, found, median: times[REPETITIONS / 2] });
    }
    measured
}
