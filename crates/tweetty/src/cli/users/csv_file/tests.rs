//! What is read, and what is refused, of the files that spreadsheets and personnel systems write.

use super::*;

/// The users of a file with a header, or the line of the problem.
fn with_header(text: impl AsRef<[u8]>) -> Result<Vec<Row>, (u64, String)> {
    rows(text.as_ref(), FirstLine::Header)
}

fn without_header(text: &str) -> Result<Vec<Row>, (u64, String)> {
    rows(text.as_bytes(), FirstLine::User)
}

fn nicknames(rows: &[Row]) -> Vec<&str> {
    rows.iter().map(|row| row.nickname.as_str()).collect()
}

/// The reason is there, the cure is there, and no key.
#[track_caller]
fn refused(read: Result<Vec<Row>, (u64, String)>, line: u64, words: &[&str], what: &str) {
    let (found, problem) = read.unwrap_err();
    assert_eq!(found, line, "{what:?}: {problem}");
    for word in words {
        assert!(problem.contains(word), "{word:?} is missing in {problem:?} of {what:?}");
    }
    assert!(!problem.to_lowercase().contains("secret-"), "{problem}");
}

#[test]
fn two_users_are_read_in_whatever_dress_they_come() {
    for text in [
        "nickname,first_name,last_name\nann,Ann,Lee\nbob,,",
        "nickname,first_name,last_name,api_key\nann,Ann,Lee,\nbob,,\n",
        "\u{FEFF}Nickname, First_name ,last_name,api_key\r\nann,,,\r\n\r\nbob,,\r\n",
        "Nickname , First Name , LAST-NAME\nann,Ann,Lee\nbob,,\n",
        "\"nickname\",\"first_name\",\"last_name\"\r\n\"ann\",\"Ann\",\"Lee\"\r\n\"bob\",\"\",\"\"\r\n",
        "nickname,first_name,last_name\r\nann,Ann,Lee\r\nbob,,\r\n\r\n\r\n",
        "nickname,first_name,last_name\r\nann,Ann,Lee\r\n,,\r\nbob,,\r\n,,,\r\n , , \r\n",
        "nickname,first_name,last_name,,\r\nann,Ann,Lee,,\r\nbob,,,,\r\n",
    ] {
        assert_eq!(nicknames(&with_header(text).unwrap()), ["ann", "bob"], "{text:?}");
    }
    for text in ["ann,Ann,Smith\nbob,,\n", "\u{FEFF}ann,,\nbob,,,", "\r\nann,,\r\n,,\r\nbob,,"] {
        assert_eq!(nicknames(&without_header(text).unwrap()), ["ann", "bob"], "{text:?}");
    }
    for nobody in ["nickname,first_name,last_name", "nickname,first_name,last_name\n,,\n"] {
        assert!(with_header(nobody).unwrap().is_empty());
    }
    assert!(without_header("").unwrap().is_empty());
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
        let rows = with_header(format!("{header}{line}\n")).unwrap();
        let [first, last] =
            [&rows[0].first_name, &rows[0].last_name].map(|name| name.as_ref().unwrap().as_str());
        assert_eq!([rows[0].nickname.as_str(), first, last], expected);
    }
    let alike = with_header(format!("{header}Ёлкин,Пётр,Ёлкин\nЕлкин,Петр,Елкин\n")).unwrap();
    assert_eq!(nicknames(&alike), ["Ёлкин", "Елкин"]);
}

#[test]
fn an_empty_name_is_none_and_an_empty_key_is_made() {
    let rows = without_header("ann,Ann,,\nbob,,Smith,bobs-key\n").unwrap();
    let names = |row: &Row| {
        [&row.first_name, &row.last_name].map(|name| name.as_ref().map(|name| name.as_str().to_owned()))
    };
    assert_eq!(names(&rows[0]), [Some("Ann".to_owned()), None]);
    assert_eq!(names(&rows[1]), [None, Some("Smith".to_owned())]);
    assert!(!rows[0].key_given && rows[0].key.reveal().starts_with("tweetty_"));
    assert!(rows[1].key_given && rows[1].key.reveal() == "bobs-key");
}

#[test]
fn a_file_without_our_header_is_refused_with_the_header_that_is_needed() {
    for (text, words) in [
        ("", &["the file is empty"][..]),
        ("\r\n\r\n", &["the file is empty"]),
        ("ann,Ann,Lee\n", &["--no-header"]),
        ("ann,Ann,Lee,secret-1\n", &["--no-header"]),
        ("# export of 2026-11-29\nnickname,first_name,last_name\nann,Ann,Lee\n", &["nothing above it"]),
        (
            "Username,First Name,Last Name,Email\nann.lee,Ann,Lee,ann.lee@corp.test\n",
            &["the columns must be", "rename"],
        ),
        (
            "Employee ID,First Name,Last Name,Work Email,Username,Status\n1000,Ann,Lee,ann@corp.test,ann,Active\n",
            &["the columns must be"],
        ),
        (
            "nickname,first_name,last_name,email,department\nann,Ann,Lee,a@corp.test,IT\n",
            &["the columns must be"],
        ),
        ("nickname,first_name,last_name,email\nann,Ann,Lee,a@corp.test\n", &["the columns must be"]),
        ("first_name,last_name,nickname\nAnn,Lee,ann\n", &["the columns must be"]),
        ("Логин,Имя,Фамилия\nann,Ann,Lee\n", &["the columns must be"]),
        ("nickname,first_name\nann,Ann\n", &["the columns must be"]),
        ("nickname\nann\nbob\n", &["the columns must be"]),
        ("\u{FEFF}nickname;first_name;last_name\r\nann;Ann;Lee\r\n", &["separated by ';'", "commas"]),
        ("nickname\tfirst_name\tlast_name\nann\tAnn\tLee\n", &["separated by tabs", "commas"]),
        ("sep=;\r\nnickname;first_name;last_name\r\nann;Ann;Lee\r\n", &["separated by ';'", "commas"]),
        ("ann;Ann;Lee\n", &["separated by ';'", "commas"]),
    ] {
        refused(with_header(text), 1, words, text);
        refused(with_header(text), 1, &["nickname,first_name,last_name[,api_key]"], text);
    }
    refused(with_header(b"PK\x03\x04\x14\x00\x06\x00\x08"), 1, &["workbook", "CSV UTF-8"], "a workbook");
    refused(with_header(b"\xff\xfen\0i\0c\0k\0"), 1, &["not UTF-8", "CSV UTF-8"], "UTF-16");
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
        refused(without_header(&format!("bob,,,\n{line}\n")), 2, &words, line);
    }
}

#[test]
fn the_first_bad_line_is_named_with_its_reason_and_without_its_key() {
    for (text, line, reason) in [
        ("ann,,\nbob\n", 2, "1 columns"),
        ("ann,,,k,x\n", 1, "5 columns"),
        ("ann;Ann;Smith\n", 1, "separated by ';'"),
        ("ann,,\nbob;B;B\n", 2, "separated by ';'"),
        ("ann,,\n\n,Bob,\n", 3, "nickname: 0 characters, 1 to 50"),
        ("ann,,\n\"bob\",\"two\nlines\",\n", 2, "first_name: contains the control"),
        ("ann,,\n\"bo\nb\",,\nAnn,,\n", 2, "nickname: contains the control"),
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
        refused(without_header(&format!("{long},,\n")), 1, &["nickname: ", "1 to 50 are allowed"], &long);
    }
    let unnamed = "nickname,first_name,last_name\nann,Ann,Lee,secret-1\n";
    refused(with_header(unnamed), 2, &["4 columns, but the first line names 3"], unnamed);
    let elsewhere = b"nickname,first_name,last_name\nann,,\nbob,\xc1\xee\xe1,\n";
    refused(with_header(elsewhere), 3, &["not UTF-8", "CSV UTF-8"], "windows-1251");
}
