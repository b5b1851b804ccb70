//! Finding people by a part of their names.

use tweetty_domain::{Changes, Designation, Login, NewUser, Particulars, PeopleStart, UserId, Whom};

use crate::Store;
use crate::arrange::{new_user, part, person_name};

/// A user with first and last name.
async fn named(store: &Store, nickname: &str, first: &str, last: &str) -> UserId {
    let (first_name, last_name) = (Some(person_name(first)), Some(person_name(last)));
    store.add(NewUser { first_name, last_name, ..new_user(nickname) }).await
}

promises! { search_entries of search:
    async fn people_are_found_by_any_part_of_their_nickname(store: Store) {
        let [anna, joanna, bob] = store.people(["annabel", "joanna", "bob"]).await;
        let found = [
            ("ann", vec![anna, joanna]),
            ("annabel", vec![anna]),
            ("anna", vec![anna, joanna]),
            ("bel", vec![anna]),
            ("joa", vec![joanna]),
            ("nn", vec![anna, joanna]),
            ("b", vec![anna, bob]),
            ("joannas", vec![]),
            ("x", vec![]),
            ("xy", vec![]),
            ("anne", vec![]),
        ];
        for (text, expected) in found {
            assert_eq!(store.found(text).await, expected, "{text}");
        }
    }

    async fn letter_case_does_not_matter_in_any_script(store: Store) {
        let [one, two, three, four, five] = store.people(["Anna", "ЖАННА", "Ωmega", "Éva", "İzmir"]).await;
        for (text, expected) in [
            ("aNNa", one),
            ("NN", one),
            ("жанна", two),
            ("АНН", two),
            ("Ж", two),
            ("ωM", three),
            ("Ω", three),
            ("e\u{301}VA", four),
            ("Éva", four),
            ("İZM", five),
            ("İ", five),
        ] {
            assert_eq!(store.found(text).await, [expected], "{text}");
        }
    }

    async fn scripts_without_letter_case_are_searched_too(store: Store) {
        let [wang, li, emoji] = store.people(["王小明", "李小龙", "👩‍🚀 Ann"]).await;
        for (text, expected) in [
            ("小", vec![wang, li]),
            ("小明", vec![wang]),
            ("李小龙", vec![li]),
            ("王小明白", vec![]),
            ("👩‍🚀", vec![emoji]),
        ] {
            assert_eq!(store.found(text).await, expected, "{text}");
        }
    }

    async fn first_and_last_names_are_searched_too(store: Store) {
        let ann = named(&store, "al", "Anna-Lena", "O'Brien").await;
        let bob = named(&store, "bb", "Zoë", "Müller").await;
        for (text, expected) in [
            ("LENA", vec![ann]),
            ("o'b", vec![ann]),
            ("-", vec![ann]),
            ("ZOË", vec![bob]),
            ("müll", vec![bob]),
            ("al", vec![ann]),
            ("bb", vec![bob]),
            ("obri", vec![ann]),
        ] {
            assert_eq!(store.found(text).await, expected, "{text}");
        }
    }

    async fn the_first_name_and_the_last_can_be_searched_together(store: Store) {
        let mira = named(&store, "boss", "Mira", "Solberg").await;
        for text in ["mira sol", "MIRA SOLBERG", "a s", "ra solb", "  mira\u{a0}sol "] {
            assert_eq!(store.found(text).await, [mira], "{text}");
        }
    }

    async fn letter_case_is_folded_as_unicode_says(store: Store) {
        let nikos = named(&store, "Νίκος", "Straße", "x").await;
        for text in ["ΝΊΚΟΣ", "νίκοσ", "STRASSE", "straße", "ss"] {
            assert_eq!(store.found(text).await, [nikos], "{text}");
        }
    }

    async fn no_word_spans_a_nickname_and_a_name(store: Store) {
        named(&store, "ab", "cd", "ef").await;
        for text in ["bc", "de", "abcd", "cdef", "ab cdef", "b\u{a0}ce"] {
            assert_eq!(store.found(text).await, [], "{text}");
        }
    }

    async fn words_are_found_in_any_order(store: Store) {
        let mira = named(&store, "boss", "Mira", "Solberg").await;
        let other = named(&store, "Solveig", "Mirabelle", "Berg").await;
        for (text, expected) in [
            ("solberg mira", vec![mira]),
            ("SOL mir", vec![mira, other]),
            ("berg ra", vec![mira, other]),
            ("rg os m", vec![mira]),
            ("b ss", vec![mira]),
            ("mira solberg oss", vec![mira]),
            ("mira solberg veig", vec![]),
            ("zz mira", vec![]),
            ("m z", vec![]),
        ] {
            assert_eq!(store.found(text).await, expected, "{text}");
        }
    }

    async fn accents_and_apostrophes_are_aside_in_a_search_and_not_where_names_are_unique(store: Store) {
        let [jose, accented, petr] = store.people(["Jose", "José", "петр"]).await;
        let [apostrophe, plain] = store.people(["o'brien", "obrien"]).await;
        let yo = named(&store, "p", "Пётр", "Łąski").await;
        for (text, expected) in [
            ("jose", vec![jose, accented]),
            ("JOSÉ", vec![jose, accented]),
            ("Пётр", vec![petr, yo]),
            ("етр", vec![petr, yo]),
            ("ё", vec![petr, yo]),
            ("laski", vec![yo]),
            ("O’Brien", vec![apostrophe, plain]),
            ("o'b", vec![apostrophe, plain]),
            ("'", vec![]),
        ] {
            assert_eq!(store.found(text).await, expected, "{text}");
        }
    }

    async fn login_and_department_are_searched_too(store: Store) {
        let particulars = Particulars {
            login: Login::parse("a.lee@Corp.test").ok(),
            department: Designation::parse("Отдел продаж").ok(),
            title: Designation::parse("Editor").ok(),
            ..Particulars::default()
        };
        let ann = store.add(NewUser { particulars, ..new_user("ann") }).await;
        store.person("bob").await;
        for text in ["a.lee@corp.test", "lee@", "ПРОДАЖ", "ann отдел", "p.t"] {
            assert_eq!(store.found(text).await, [ann], "{text}");
        }
        assert_eq!(store.found("editor").await, []);
        let changes = Changes { department: Some(None), login: Some(Login::parse("new@x").ok()), ..Changes::default() };
        store.users.update(ann, changes, None).await.unwrap();
        for (text, expected) in [("продаж", vec![]), ("lee", vec![]), ("new@x", vec![ann])] {
            assert_eq!(store.found(text).await, expected, "{text}");
        }
    }

    async fn what_is_rare_is_found_behind_thousands_who_are_not(store: Store) {
        store.crowd("fan", 2100).await;
        let [li, quiz, pair] = store.people(["李", "quiz", "x-ray"]).await;
        for (text, expected) in [
            ("李", vec![li]),
            ("q", vec![quiz]),
            ("qu", vec![quiz]),
            ("iz", vec![quiz]),
            ("z", vec![quiz]),
            ("uiz", vec![quiz]),
            ("z q", vec![quiz]),
            ("-", vec![pair]),
            ("x-", vec![pair]),
            ("qz", vec![]),
            ("ж", vec![]),
            ("quizz", vec![]),
            ("fan quiz", vec![]),
        ] {
            assert_eq!(store.found(text).await, expected, "{text}");
        }
    }

    async fn wildcards_and_quotes_are_searched_literally(store: Store) {
        let [percent, underscore, backslash, quote, plain] =
            store.people(["50% off", "snake_case", "back\\slash", "o\"'neil", "plain"]).await;
        for (text, expected) in [
            ("%", vec![percent]),
            ("0%", vec![percent]),
            ("_", vec![underscore]),
            ("e_c", vec![underscore]),
            ("\\", vec![backslash]),
            ("k\\s", vec![backslash]),
            ("\\%", vec![]),
            ("p%n", vec![]),
            ("pl_in", vec![]),
            ("%%%", vec![]),
            ("___", vec![]),
            ("\"'", vec![quote]),
            ("lai", vec![plain]),
            ("50% off", vec![percent]),
            ("*", vec![]),
            ("pla*", vec![]),
            ("OR", vec![]),
            ("nei\"", vec![]),
        ] {
            assert_eq!(store.found(text).await, expected, "{text}");
        }
    }

    async fn the_signs_of_query_languages_are_searched_literally(store: Store) {
        let name = "NEAR(a:b) ^c*d -e+f {g} AND h";
        let [signs, _] = store.people([name, "near and far"]).await;
        for text in ["NEAR(", "(a:b)", "^c", "c*d", "-e+f", " -e", "-e +f", "{g}", "} AND h", "*", ":", "b) ^", name] {
            assert_eq!(store.found(text).await, [signs], "{text}");
        }
        for text in ["near(b", "a OR b", "near*", "^near", "a:b)^", "far OR near", "searchable:near"]
        {
            assert_eq!(store.found(text).await, [], "{text}");
        }
    }

    async fn one_two_three_and_more_characters_find_alike(store: Store) {
        let [ann, _] = store.people(["abcdefghij", "zzz"]).await;
        for length in 1..=10 {
            for start in 0..=10 - length {
                let text = &"abcdefghij"[start..start + length];
                assert_eq!(store.found(text).await, [ann], "{text}");
            }
        }
    }

    async fn without_a_part_everybody_is_found_by_id(store: Store) {
        let everybody = store.people(["zoe", "Ann", "王小明", "%"]).await;
        let page = store.users.search(None, Whom::Active, PeopleStart::After(None), 10).await.unwrap();
        assert_eq!(page.people.iter().map(|user| user.id).collect::<Vec<_>>(), everybody);
        assert_eq!(page.people[1], store.user(everybody[1]).await);
        assert_eq!(page.next, None);
    }

    async fn a_walk_of_pages_finds_each_user_once(store: Store) {
        store.person("other").await;
        let crowd = store.crowd("fan", 11).await;
        for text in [Some("fan"), Some("an"), Some("f"), None] {
            for size in [1, 3, 11, 12, 13] {
                let mut start = PeopleStart::After(None);
                let mut found = Vec::new();
                loop {
                    let page = store.users.search(text.map(part), Whom::Active, start, size).await.unwrap();
                    found.extend(page.people.iter().map(|user| user.id));
                    assert!(page.people.len() <= size as usize);
                    let Some(next) = page.next else { break };
                    assert_eq!(Some(next), found.last().copied());
                    assert!(found.len() < 12, "the walk has no end");
                    start = PeopleStart::After(Some(next));
                }
                assert!(found.ends_with(&crowd), "{text:?}, {size} a page: {found:?}");
                assert_eq!(found.len(), if text.is_some() { 11 } else { 12 });
            }
        }
    }

    async fn numbered_pages_are_the_same_pages(store: Store) {
        let crowd = store.crowd("fan", 7).await;
        for text in [Some("fan"), Some("fa"), None] {
            for (number, ids) in (1..).zip(crowd.chunks(3)) {
                let page = store.users.search(text.map(part), Whom::Active, PeopleStart::Page(number), 3).await.unwrap();
                assert_eq!(page.people.iter().map(|user| user.id).collect::<Vec<_>>(), ids);
                assert_eq!(page.next, (number < 3).then_some(ids[ids.len() - 1]));
            }
        }
    }

    async fn a_page_of_people_beyond_the_end_is_empty(store: Store) {
        let crowd = store.crowd("fan", 7).await;
        for text in [Some("fan"), Some("fa"), None] {
            for start in [
                PeopleStart::Page(2),
                PeopleStart::Page(i64::MAX.unsigned_abs()),
                PeopleStart::Page(u64::MAX),
                PeopleStart::After(crowd.last().copied()),
                PeopleStart::After(Some(UserId::stored(i64::MAX))),
            ] {
                let page = store.users.search(text.map(part), Whom::Active, start, 1000).await.unwrap();
                assert_eq!((page.people, page.next), (vec![], None), "{text:?} {start:?}");
            }
        }
    }
}
