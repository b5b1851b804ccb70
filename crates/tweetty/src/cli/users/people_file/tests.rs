//! What is read, and what is refused, of the files that spreadsheets, directories and personnel systems write.

use clap::Parser;
use encoding_rs::Encoding;

use super::*;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    format: Format,
}

/// The people of a file that is read by those options.
fn read_by(options: &[&str], content: impl AsRef<[u8]>) -> Result<PeopleFile, Problems> {
    let line = Line::try_parse_from([&["read"], options].concat()).unwrap();
    people("people.csv", content.as_ref(), &line.format)
}

fn with_header(content: impl AsRef<[u8]>) -> Result<PeopleFile, Problems> {
    read_by(&[], content)
}

fn without_header(content: impl AsRef<[u8]>) -> Result<PeopleFile, Problems> {
    read_by(&["--no-header"], content)
}

fn nicknames(file: &PeopleFile) -> Vec<&str> {
    file.rows.iter().map(|row| row.nickname.as_ref().unwrap().as_str()).collect()
}

/// Line and reason are there, the cure is there, and no key.
#[track_caller]
fn refused(read: Result<PeopleFile, Problems>, line: u64, words: &[&str], what: &str) {
    let problems = read.unwrap_err();
    let [(found, problem)] = problems.found() else { unreachable!("{what:?}: {problems:?}") };
    assert_eq!(*found, line, "{what:?}: {problem}");
    for word in words {
        assert!(problem.contains(word), "{word:?} is missing in {problem:?} of {what:?}");
    }
    assert!(!problem.to_lowercase().contains("secret-"), "{problem}");
}

/// Four people as many programs write them.
const FOUR: &str = "nickname,first_name,last_name\nanna.petrova,Анна,Петрова\nivan.sidorov,Иван,Сидоров\n\
    o'brien,Seán,O'Brien\nmueller,Jürgen,Müller\n";

#[track_caller]
fn is_four(file: Result<PeopleFile, Problems>, what: &str) {
    let file = file.unwrap_or_else(|problems| unreachable!("{what}: {problems:?}"));
    assert_eq!(nicknames(&file), ["anna.petrova", "ivan.sidorov", "o'brien", "mueller"], "{what}");
    let name = |name: &Option<tweetty_domain::PersonName>| name.as_ref().unwrap().as_str().to_owned();
    let names = file.rows.iter().map(|row| format!("{} {}", name(&row.first_name), name(&row.last_name)));
    let expected = ["Анна Петрова", "Иван Сидоров", "Seán O'Brien", "Jürgen Müller"];
    assert_eq!(names.collect::<Vec<_>>(), expected, "{what}");
    assert!(file.rows.iter().all(|row| row.key.is_none()), "{what}");
}

fn encoded(label: &str, text: &str) -> Vec<u8> {
    Encoding::for_label(label.as_bytes()).unwrap().encode(text).0.into_owned()
}

#[test]
fn four_people_are_read_in_whatever_dress_they_come() {
    for (separator, named) in [(",", ","), (";", ";"), ("\t", "\t"), ("|", "|")] {
        for end in ["\n", "\r\n", "\r"] {
            for mark in ["", "\u{FEFF}"] {
                for tail in ["", "\n\n\n", ",,\n,,\n", "  \n , , \n"] {
                    let text = format!("{mark}{FOUR}{tail}").replace(',', separator).replace('\n', end);
                    is_four(with_header(&text), &text);
                    let text = format!("sep={named}{end}{}", text.trim_start_matches('\u{FEFF}'));
                    is_four(with_header(&text), &text);
                }
            }
        }
    }
    let quoted = FOUR.lines().map(|line| format!("\"{}\"\n", line.replace(',', "\",\"")));
    is_four(with_header(quoted.collect::<String>()), "all quoted");
    let wide = FOUR.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    is_four(with_header(wide), "UTF-16");
    is_four(
        with_header(FOUR.replace("nickname,first_name,last_name", "Nickname , First Name , LAST-NAME")),
        "titles",
    );
    is_four(
        with_header(FOUR.replace("last_name\n", "last_name,,\n")),
        "titles without a name behind the others",
    );
    let latin = FOUR.replace("Seán", "Sean").replace("Jürgen", "Jurgen").replace("Müller", "Muller");
    let windows = read_by(&["--encoding", "windows-1251"], encoded("windows-1251", &latin)).unwrap();
    assert_eq!(windows.rows[0].first_name.as_ref().unwrap().as_str(), "Анна");
    let (_, people) = FOUR.split_once('\n').unwrap();
    is_four(without_header(people.replace(',', ";")), "no header, semicolons");
    is_four(without_header(people), "no header");
}

#[test]
fn columns_may_come_in_any_order_and_be_missing() {
    let file = with_header("last_name,nickname,first_name\nLee,ann,Ann\n").unwrap();
    assert_eq!(file.rows[0].first_name.as_ref().unwrap().as_str(), "Ann");
    assert_eq!(nicknames(&with_header("nickname\nann\nbob\n").unwrap()), ["ann", "bob"]);
    let file = with_header("nickname,first_name\nann,\n").unwrap();
    assert!(file.columns.have(Column::FirstName) && !file.columns.have(Column::LastName));
    let all = "external_id,department,title,e-mail,Login,Last Name,first name,nickname,API Key";
    let all = all.replace("e-mail", "email");
    let file = with_header(format!(
        "{all}\n007,MI6,Agent,jb@mi6.test,bond@mi6.test,Bond,James,jb,{}\n",
        "k".repeat(40)
    ));
    let file = file.unwrap();
    let row = &file.rows[0];
    let particulars = row.particulars();
    assert_eq!(particulars.external_id.unwrap().as_str(), "007");
    assert_eq!(
        (particulars.title.unwrap().as_str(), particulars.department.unwrap().as_str()),
        ("Agent", "MI6")
    );
    assert_eq!(
        (particulars.email.unwrap().as_str(), particulars.login.unwrap().as_str()),
        ("jb@mi6.test", "bond@mi6.test")
    );
    assert!(row.key.is_some());
    for nobody in ["nickname,first_name,last_name", "nickname,first_name,last_name\n,,\n"] {
        assert!(with_header(nobody).unwrap().rows.is_empty());
    }
    assert!(without_header("").unwrap().rows.is_empty());
}

const PERSONNEL: &str = "Employee ID,First Name,Last Name,Work Email,Username,Status\n\
    1000,Анна,Петрова,anna.petrova@corp.test,anna.petrova,Active\n1001,Иван,Сидоров,ivan.sidorov@corp.test,ivan.sidorov,Active\n\
    1002,Seán,O'Brien,o'brien@corp.test,o'brien,Active\n1003,Jürgen,Müller,mueller@corp.test,mueller,Active\n";

#[test]
fn columns_of_other_names_are_what_the_operator_says() {
    let mapped = [
        "--columns",
        "Employee ID=external_id,work-email=email,USERNAME=nickname",
        "--ignore-columns",
        "status",
    ];
    let file = read_by(&mapped, PERSONNEL).unwrap();
    assert_eq!(file.rows[0].email.as_ref().unwrap().as_str(), "anna.petrova@corp.test");
    assert_eq!(file.rows[3].external_id.as_ref().unwrap().as_str(), "1003");
    is_four(Ok(file), "mapped");
    let logins = read_by(&["--columns", "login=nickname"], "login,first_name\nann,Ann\n").unwrap();
    assert!(logins.rows[0].login.is_none() && nicknames(&logins) == ["ann"]);

    refused(
        with_header(PERSONNEL),
        1,
        &["\"Employee ID\", \"Work Email\", \"Username\", \"Status\"", "--columns", "--ignore-columns"],
        "unknown",
    );
    for (options, words) in [
        (&["--columns", "Mail=email"][..], &["--columns Mail=email", "no column \"Mail\""][..]),
        (
            &["--columns", "Employee ID=nickname,Username=nickname", "--ignore-columns", "Work Email,Status"],
            &["two columns are nickname"],
        ),
        (
            &["--ignore-columns", "Employee ID,Work Email,Username,Status"],
            &["a column nickname or login is needed"],
        ),
    ] {
        refused(read_by(options, PERSONNEL), 1, words, "mapped otherwise");
    }
    for options in
        [&["--columns", "Username"][..], &["--columns", "Username=name"], &["--columns", "=nickname"]]
    {
        assert!(Line::try_parse_from([&["read"], options].concat()).is_err(), "{options:?}");
    }
    assert!(Line::try_parse_from(["read", "--encoding", "klingon"]).is_err());
}

#[test]
fn names_are_kept_as_they_are() {
    let header = "nickname,first_name,last_name\n";
    for (line, expected) in [
        ("\"Lee, Eve\",\"Eve \"\"E\"\"\",\"Lee, Jr.\"", ["Lee, Eve", "Eve \"E\"", "Lee, Jr."]),
        ("o'brien,Seán,O'Brien", ["o'brien", "Seán", "O'Brien"]),
        ("=cmd|'/c calc'!A1,=1+1,+2", ["=cmd|'/c calc'!A1", "=1+1", "+2"]),
        ("7,Seven,S", ["7", "Seven", "S"]),
        ("'007,James,Bond", ["'007", "James", "Bond"]),
        ("maria,\u{A0}Мария\u{A0},Ли", ["maria", "Мария", "Ли"]),
        ("kim,Kim \"K\" Lee,Lee", ["kim", "Kim \"K\" Lee", "Lee"]),
    ] {
        let file = with_header(format!("{header}{line}\n")).unwrap();
        let row = &file.rows[0];
        let [first, last] = [&row.first_name, &row.last_name].map(|name| name.as_ref().unwrap().as_str());
        assert_eq!([nicknames(&file)[0], first, last], expected);
    }
    let alike = with_header(format!("{header}Ёлкин,Пётр,Ёлкин\nЕлкин,Петр,Елкин\n")).unwrap();
    assert_eq!(nicknames(&alike), ["Ёлкин", "Елкин"]);
}

#[test]
fn nicknames_that_look_alike_are_those_of_several_people_and_earn_a_warning() {
    let homonyms = "nickname,first_name,last_name\nivan.ivanov,Иван,Иванов\nivan.ivanov2,Иван,Иванов\n\
        Иван Иванов,Иван,Иванов\n";
    for second in ["иван  иванов", "Иван\u{200D} Иванов"] {
        let file = with_header(format!("{homonyms}{second},Иван,Иванов\n")).unwrap();
        let wishes = file.rows.iter().map(|row| (row.nickname.is_some(), row.wish.is_some()));
        assert!(wishes.eq([(true, false), (true, false), (true, false), (false, true)]), "{second}");
        let warning = "line 5: the nickname looks like that of line 4; it gets a number behind it";
        assert_eq!(file.warnings, [warning]);
        let twice = format!("{homonyms}{second},Иван,Иванов\n{second},Иван,Иванов\n");
        assert!(with_header(twice).is_err(), "{second}");
    }
}

#[test]
fn an_empty_name_is_none_and_a_key_is_given_or_not() {
    let file = without_header("ann,Ann,,\nbob,,Smith,bobs-key\n").unwrap();
    let names = |row: &Row| {
        [&row.first_name, &row.last_name].map(|name| name.as_ref().map(|name| name.as_str().to_owned()))
    };
    assert_eq!(names(&file.rows[0]), [Some("Ann".to_owned()), None]);
    assert_eq!(names(&file.rows[1]), [None, Some("Smith".to_owned())]);
    assert!(file.rows[0].key.is_none());
    assert_eq!(file.rows[1].key.as_ref().unwrap().reveal(), "bobs-key");
}

#[test]
fn a_first_line_that_names_no_columns_is_refused_with_what_is_needed() {
    for (text, words) in [
        ("", &["the file is empty"][..]),
        ("\r\n\r\n", &["the file is empty"]),
        ("ann,Ann,Lee\n", &["--no-header"]),
        ("ann;Ann;Lee\n", &["--no-header"]),
        ("ann,Ann,Lee,secret-1\n", &["--no-header"]),
        ("# export of 2026-11-29\nnickname,first_name,last_name\nann,Ann,Lee\n", &["nothing above it"]),
        (
            "Логин,Имя,Фамилия\nann,Ann,Lee\n",
            &["unknown columns: \"Логин\", \"Имя\", \"Фамилия\"", "--columns"],
        ),
        ("sep=x\nnickname,first_name\n", &["sep=x", "one of , ; | and tabs"]),
        ("nickname,phone\nann,12345\n", &["unknown columns: \"phone\"", "--ignore-columns \"phone\""]),
        ("nickname,,last_name\n", &[]),
    ] {
        match with_header(text) {
            Ok(file) => assert!(words.is_empty() && file.rows.is_empty(), "{text:?}"),
            read => refused(read, 1, words, text),
        }
    }
    refused(
        with_header("nickname,,last_name\nann,Ann,Lee\n"),
        2,
        &["column 2 has no name"],
        "an unnamed column",
    );
    refused(with_header(b"PK\x03\x04\x14\x00\x06\x00\x08"), 1, &["workbook", "CSV UTF-8"], "a workbook");
}

#[test]
fn a_header_is_never_a_user() {
    for text in [
        "nickname,first_name,last_name\nann,Ann,Lee\n",
        "Nickname,First Name,Last Name,API-Key\nann,Ann,Lee,\n",
        "Username,First Name,Last Name\nann,Ann,Lee\n",
        "Login,,\nann,Ann,Lee\n",
        "First name,Surname,Login\nann,Ann,Lee\n",
        "Логин,Имя,Фамилия\nann,Ann,Lee\n",
    ] {
        refused(without_header(text), 1, &["leave out --no-header"], text);
    }
    let twice = "nickname,first_name,last_name\nann,Ann,Lee\nNickname,First_name,Last_name\nbob,,\n";
    refused(with_header(twice), 3, &["a header in the middle", "remove the line"], twice);
    assert_eq!(nicknames(&without_header("status,,\nbob,Name,\n").unwrap()), ["status", "bob"]);
}

#[test]
fn a_key_that_is_no_secret_is_refused() {
    let header = "nickname,first_name,last_name,api_key\n";
    for (line, reason) in [
        ("ann.lee,Ann,Lee,secret-ann.lee@corp.test", "an e-mail address"),
        ("ann,Ann,Lee,@", "an e-mail address"),
        ("secret-ann,Ann,Lee,Secret-ANN", "the same text as nickname"),
        ("ann,Secret-Ann,Lee, secret-ann ", "the same text as first_name"),
        ("ann,Ann,\" secret-lee\",secret-LEE", "the same text as last_name"),
    ] {
        let words = ["api_key", reason, "leave the column empty"];
        refused(with_header(format!("{header}bob,,,\n{line}\n")), 3, &words, line);
        refused(without_header(format!("bob,,,\n{line}\n")), 2, &words, line);
    }
}

#[test]
fn a_bad_line_is_named_with_its_reason_and_without_its_key() {
    for (text, line, reason) in [
        ("ann,,\nbob\n", 2, "1 columns"),
        ("ann,,,k,x\n", 1, "5 columns"),
        ("ann,,\nbob;B;B\n", 2, "separated by ';'"),
        ("ann,,\n\n,Bob,\n", 3, "nickname: empty"),
        ("ann,,\n\"bob\",\"two\nlines\",\n", 2, "first_name: contains the control"),
        ("ab\0c,James,Bond\n", 1, "U+0000; remove it"),
        ("maria\u{200B},,\n", 1, "U+200B; remove it"),
        ("maria,Ма\u{AD}рия,\n", 1, "U+00AD; remove it"),
        ("ann,,\nsam,\"Sam,Smith\nbob,Bob,Bell\n", 2, "a closing quotation mark is missing"),
        ("ann,,\nbob,,\nANN,,\n", 3, "stands in line 1 too"),
        ("ann,,,secret-1\nbob,,,secret-1\n", 2, "the same key stands in line 1 too"),
        ("ann,,\nbob,,,secret- 1\n", 2, "api_key: a key has 1 to 256"),
    ] {
        refused(without_header(text), line, &[reason], text);
        let text = format!("nickname,first_name,last_name,api_key\r\n\r\n{text}");
        let reason = reason.replace("line 1 too", "line 3 too");
        refused(with_header(&text), line + 2, &[&reason], &text);
    }
    for long in
        ["x".repeat(51), format!("{}@department.corporation.example.com", "very.long.name.".repeat(3))]
    {
        let words = ["nickname: ", "1 to 50 are allowed", "shorten it"];
        refused(without_header(format!("{long},,\n")), 1, &words, &long);
    }
    let unnamed = "nickname,first_name,last_name\nann,Ann,Lee,secret-1\n";
    refused(with_header(unnamed), 2, &["4 columns, but the first line names 3"], unnamed);
    let elsewhere = b"nickname,first_name,last_name\nann,,\nbob,\xc1\xee\xe1,\n";
    refused(
        with_header(elsewhere),
        3,
        &["not UTF-8", "--encoding windows-1251", "CSV UTF-8"],
        "windows-1251",
    );
    for (text, reason) in [
        ("login,nickname\na@x,ann\nA@X,bob\n", "the login \"A@X\" stands in line 2 too"),
        ("external_id,nickname\n7,ann\n7,bob\n", "the external id \"7\" stands in line 2 too"),
        ("email,nickname\n,ann\nnone,bob\n", "email: an e-mail address is a name"),
        ("login,first_name\nann,Ann\n,Bob\n", "login: empty"),
    ] {
        refused(with_header(text), 3, &[reason], text);
    }
}

#[test]
fn all_bad_lines_are_named_at_once() {
    let text = "nickname,first_name\nann,Ann\nma\u{200B}ria,\nann,Ann\nbob,Bob,Bell\n,Nobody\neve,Eve\n";
    let problems = with_header(text).unwrap_err();
    let lines = problems.found().iter().map(|(line, _)| *line).collect::<Vec<_>>();
    assert_eq!(lines, [3, 4, 5, 6]);
    let many = (0..250).map(|_| "\u{200B},x\n").collect::<String>();
    let problems = with_header(format!("nickname,first_name\n{many}")).unwrap_err();
    let refusal = problems.refusal("people.csv", "nobody was imported").to_string();
    assert_eq!(
        refusal,
        "people.csv: 250 lines can't be used, 150 of them not named here; nobody was imported"
    );
}
