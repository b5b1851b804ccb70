//! What is planned, and that it comes to what the list says however often it is broken off.

use proptest::prelude::*;

use super::*;
use crate::stores::test::noon;
use crate::{Email, Particulars};

fn nickname(text: &str) -> Nickname {
    Nickname::parse(text).unwrap()
}

fn login(text: &str) -> Login {
    Login::parse(text).unwrap()
}

fn id(text: &str) -> ExternalId {
    ExternalId::parse(text).unwrap()
}

fn hr() -> ListName {
    ListName::parse("hr").unwrap()
}

fn rules(leave: Option<AtMost>) -> ListRules {
    ListRules { list: hr(), leave }
}

const ALL: Option<AtMost> = Some(AtMost::Percent(100));

fn user(number: i64, name: &str) -> User {
    User {
        id: UserId::stored(number),
        nickname: nickname(name),
        first_name: None,
        last_name: None,
        particulars: Particulars::default(),
        avatar: None,
        deactivated_at: None,
        followers_count: 0,
        following_count: 0,
        created_at: noon(),
    }
}

fn ours(number: i64, name: &str) -> User {
    let particulars = Particulars { managed_by: Some(hr()), ..Particulars::default() };
    User { particulars, ..user(number, name) }
}

fn entry(name: &str) -> Changes {
    Changes { nickname: Some(nickname(name)), ..Changes::default() }
}

fn with_id(says: Changes, text: &str) -> Changes {
    Changes { external_id: Some(Some(id(text))), ..says }
}

fn with_login(says: Changes, text: &str) -> Changes {
    Changes { login: Some(Some(login(text))), ..says }
}

fn next(users: &[User]) -> i64 {
    i64::try_from(users.len()).unwrap() + 1
}

/// The users after those moves, each of which must leave everything in one hand.
fn moved(mut users: Vec<User>, moves: &[Move]) -> Vec<User> {
    for step in moves {
        match step {
            Move::Leave { user } => {
                let user = users.iter_mut().find(|known| known.id == user.id).unwrap();
                user.deactivated_at = Some(noon());
            }
            Move::Change { user, changes, .. } => {
                let user = users.iter_mut().find(|known| known.id == user.id).unwrap();
                *user = User { deactivated_at: None, ..user.clone().changed(changes.clone()) };
            }
            Move::Join { nickname, says, .. } => {
                let joined = user(next(&users), nickname.as_str());
                let says = Changes { nickname: None, managed_by: Some(Some(hr())), ..says.clone() };
                users.push(joined.changed(says));
            }
        }
        let all = users.iter().flat_map(belongings_of).collect::<Vec<_>>();
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len(), "{step:?} takes what another has");
    }
    users
}

/// What each move is, in a word.
fn words(plan: &Plan) -> Vec<String> {
    let words = |step: &Move| match step {
        Move::Leave { user } => format!("-{}", user.id),
        Move::Change { user, changes, returns, adopted, .. } => {
            let sign = if *returns { "^" } else { "~" };
            let adopted = adopted.map(|by| format!(" by {by:?}")).unwrap_or_default();
            format!("{sign}{} {}{adopted}", user.id, changes.fields())
        }
        Move::Join { nickname, .. } => format!("+{}", nickname.as_str()),
    };
    plan.moves.iter().map(words).collect()
}

fn planned(listed: &[Changes], users: &[User], leave: Option<AtMost>) -> Plan {
    plan(listed, users, &rules(leave)).unwrap()
}

#[test]
fn people_join_change_leave_and_come_back() {
    let away = User { deactivated_at: Some(noon()), ..ours(3, "zoe") };
    let users = [ours(1, "ann"), ours(2, "bob"), away, ours(4, "kim")];
    let title = Changes { title: Some(Some(crate::Designation::parse("Boss").unwrap())), ..entry("ann") };
    let listed = [title, entry("zoe"), entry("eve"), entry("kim")];
    let plan = planned(&listed, &users, ALL);
    assert_eq!(words(&plan), ["-2", "~1 title", "^3 ", "+eve"]);
    assert_eq!(plan.unchanged, 1);
    let plan = planned(&listed, &users, None);
    assert_eq!((words(&plan).len(), plan.missing[0].id), (3, UserId::stored(2)));
}

#[test]
fn the_surest_sign_says_who_somebody_is() {
    let known = |number, name: &str, text: &str| {
        let mut user = ours(number, name);
        user.particulars.external_id = Some(id(text));
        user
    };
    let users = [known(1, "ann", "1"), known(2, "bob", "2"), ours(3, "kim")];
    let renamed = [with_id(entry("anna"), "1"), with_id(entry("ann"), "3"), with_id(entry("bob"), "2")];
    let plan = planned(&renamed, &users, None);
    assert_eq!(
        words(&plan),
        ["~1 nickname", "+ann"],
        "who has another id is somebody else, whatever they are called"
    );
    let listed = [with_login(with_id(entry("Kim"), "7"), "kim@x")];
    assert_eq!(words(&planned(&listed, &users, None)), ["~3 nickname, login, external id"]);
    let twice = [with_id(entry("a"), "1"), with_id(entry("b"), "1")];
    let refused = plan_of(&twice, &users);
    assert_eq!(refused, [(1, Conflict::Twice { what: "external id" })]);
}

fn plan_of(listed: &[Changes], users: &[User]) -> Vec<(usize, Conflict)> {
    match plan(listed, users, &rules(None)) {
        Err(Unplannable::Conflicts(conflicts)) => conflicts,
        other => unreachable!("{other:?}"),
    }
}

#[test]
fn whom_nobody_manages_is_adopted_and_whom_another_list_manages_is_left_alone() {
    let email = |text: &str| Some(Email::parse(text).unwrap());
    let mut users = vec![user(1, "ann"), user(2, "bob"), user(3, "kim"), ours(4, "eve"), user(5, "sam")];
    users[1].particulars.login = Some(login("BOB@x"));
    users[2].particulars.email = email("Kim@x");
    users[3].particulars.email = email("eve@x");
    users[4].particulars.managed_by = Some(ListName::parse("scim").unwrap());
    let by_mail = |name: &str, text: &str| Changes { email: Some(email(text)), ..entry(name) };
    let listed = [
        entry("ANN"),
        with_login(entry("robert"), "bob@x"),
        by_mail("k", "kim@X"),
        by_mail("e", "eve@x"),
        entry("sam"),
    ];
    let plan = planned(&listed, &users, ALL);
    let expected = [
        "-4",
        "~1 nickname, managed by by Nickname",
        "~2 nickname, login, managed by by Login",
        "~3 nickname, e-mail, managed by by Email",
        "+e",
    ];
    assert_eq!(words(&plan), expected);
    assert_eq!(
        plan.left_alone.iter().map(|(entry, user)| (*entry, user.id.get())).collect::<Vec<_>>(),
        [(4, 5)]
    );
    let shared = [by_mail("k", "kim@x"), by_mail("l", "kim@x")];
    assert_eq!(words(&planned(&shared, &users[2..3], None)), ["+k", "+l"], "an address of two says nothing");
}

#[test]
fn who_has_no_nickname_gets_one_of_the_login() {
    let only = |text: &str| with_login(Changes::default(), text);
    let listed = [only("ann@x"), only("ann@y"), only("bob@x"), entry("ann2")];
    let plan = planned(&listed, &[user(1, "Ann")], None);
    assert_eq!(words(&plan), ["+ann3", "+ann4", "+bob", "+ann2"]);
    let known = moved(vec![user(1, "Ann")], &plan.moves);
    assert_eq!(planned(&listed, &known, None).unchanged, 4);
}

#[test]
fn what_belongs_to_another_is_a_conflict_and_what_is_freed_is_not() {
    let listed = [with_login(entry("eve"), "ann@x")];
    let mut users = vec![ours(1, "ann"), ours(2, "bob")];
    users[0].particulars.login = Some(login("ann@x"));
    users[0].particulars.external_id = Some(id("1"));
    let joins = [with_id(listed[0].clone(), "2")];
    assert_eq!(plan_of(&joins, &users), [(0, Conflict::Taken { what: "login", holder: UserId::stored(1) })]);
    // The holder becomes somebody else first.
    let chain =
        [with_login(with_id(entry("bob"), "2"), "ann@x"), with_login(with_id(entry("ann"), "1"), "anna@x")];
    let plan = planned(&chain, &users, None);
    assert_eq!(words(&plan), ["~1 login", "~2 login, external id"]);
    moved(users.clone(), &plan.moves);
    users[1].particulars.login = Some(login("bob@x"));
    users[1].particulars.external_id = Some(id("2"));
    let exchange =
        [with_login(with_id(entry("ann"), "1"), "bob@x"), with_login(with_id(entry("bob"), "2"), "ann@x")];
    let both = [1, 2].map(|user| Conflict::Exchange { user: UserId::stored(user) });
    assert_eq!(
        plan_of(&exchange, &users).into_iter().map(|(_, conflict)| conflict).collect::<Vec<_>>(),
        both
    );
}

#[test]
fn beyond_the_cap_nothing_is_planned() {
    let users = (1..=20).map(|number| ours(number, &format!("user{number}"))).collect::<Vec<_>>();
    let listed = (3..=20).map(|number| entry(&format!("user{number}"))).collect::<Vec<_>>();
    for (most, allowed) in [
        (AtMost::Percent(10), true),
        (AtMost::Percent(9), false),
        (AtMost::People(2), true),
        (AtMost::People(1), false),
        (AtMost::Percent(0), false),
    ] {
        let planned = plan(&listed, &users, &rules(Some(most)));
        let refused = Err(Unplannable::TooManyLeave { leaving: 2, all: 20 });
        assert!(if allowed { planned.is_ok() } else { planned == refused }, "{most:?}: {planned:?}");
    }
    assert!(plan(&[], &users, &rules(Some(AtMost::Percent(10)))).is_err(), "an empty list");
}

/// Users and entries out of few names, so that they collide.
fn small(text: &'static str) -> impl Strategy<Value = String> {
    prop::sample::select(vec!["a", "B", "c", "d", "e", "f"]).prop_map(move |name| format!("{text}{name}"))
}

fn says() -> impl Strategy<Value = Changes> {
    let one = |text| prop::option::of(prop::option::of(small(text)));
    let fields = (prop::option::of(small("n")), one("l"), one("x"), prop::option::of(small("m@")));
    fields.prop_map(|(name, said_login, said_id, mail)| Changes {
        nickname: name.map(|text| nickname(&text)),
        login: said_login.map(|said| said.map(|text| login(&text))),
        external_id: said_id.map(|said| said.map(|text| id(&text))),
        email: mail.map(|text| Some(Email::parse(&text).unwrap())),
        ..Changes::default()
    })
}

/// What a list says of people, each of whom has a nickname or a login.
fn entries() -> impl Strategy<Value = Vec<Changes>> {
    let named = |says: &Changes| says.nickname.is_some() || matches!(says.login, Some(Some(_)));
    prop::collection::vec(says().prop_filter("nobody", named), 0..6)
}

fn users() -> impl Strategy<Value = Vec<User>> {
    let managed = prop::sample::select(vec![None, Some("hr"), Some("hr"), Some("scim")]);
    prop::collection::vec((says(), managed, any::<bool>()), 0..6).prop_map(|described| {
        let mut users = Vec::<User>::new();
        for (number, (says, managed, active)) in (1..).zip(described) {
            let says =
                Changes { managed_by: Some(managed.map(|name| ListName::parse(name).unwrap())), ..says };
            let nickname = says.nickname.clone().unwrap_or_else(|| nickname(&format!("user{number}")));
            let new = User { nickname, ..user(number, "x") }.changed(Changes { nickname: None, ..says });
            let new = User { deactivated_at: (!active).then(noon), ..new };
            let all = users.iter().flat_map(belongings_of).collect::<HashSet<_>>();
            if belongings_of(&new).iter().all(|belonging| !all.contains(belonging)) {
                users.push(User { id: UserId::stored(next(&users)), ..new });
            }
        }
        users
    })
}

proptest! {
    #[test]
    fn broken_off_anywhere_the_same_list_comes_to_the_same_and_twice_is_as_once(
        users in users(),
        listed in entries(),
        broken in 0_usize..6,
    ) {
        let Ok(whole) = plan(&listed, &users, &rules(ALL)) else { return Ok(()) };
        let after = moved(users.clone(), &whole.moves);
        let again = plan(&listed, &after, &rules(ALL)).unwrap();
        prop_assert_eq!(words(&again), Vec::<String>::new(), "{:?}", after);
        let part = moved(users, &whole.moves[..broken.min(whole.moves.len())]);
        let rest = plan(&listed, &part, &rules(ALL)).unwrap();
        prop_assert_eq!(moved(part, &rest.moves), after);
    }

    #[test]
    fn users_of_another_list_and_whom_the_list_does_not_mean_stay_as_they_are(
        users in users(),
        listed in entries(),
    ) {
        let Ok(plan) = plan(&listed, &users, &rules(ALL)) else { return Ok(()) };
        let scim = ListName::parse("scim").unwrap();
        let moves = plan.moves.iter().filter_map(|step| match step {
            Move::Leave { user } => Some((user, false)),
            Move::Change { user, .. } => Some((user, true)),
            Move::Join { .. } => None,
        });
        let moved = moves.collect::<Vec<_>>();
        prop_assert!(moved.iter().all(|(user, _)| user.particulars.managed_by.as_ref() != Some(&scim)));
        let unmanaged = |user: &&User| user.particulars.managed_by.is_none();
        prop_assert!(moved.iter().filter(|(user, _)| unmanaged(user)).all(|(_, changes)| *changes));
        let ids = moved.iter().map(|(user, _)| user.id).collect::<HashSet<_>>();
        prop_assert_eq!(ids.len(), moved.len(), "each person is touched once");
    }
}

fn bot(number: i64, name: &str, owner: i64) -> User {
    let mut bot = ours(number, name);
    bot.particulars.owner = Some(UserId::stored(owner));
    bot
}

#[test]
fn a_list_says_nothing_of_bots() {
    let mut ci = bot(2, "ci", 1);
    ci.particulars.email = Some(Email::parse("ann@corp.test").unwrap());
    let users = [ours(1, "ann"), ci];
    let at = |says: Changes| Changes { email: Some(Some(Email::parse("ann@corp.test").unwrap())), ..says };
    let plan = planned(&[entry("ann"), at(entry("kim"))], &users, Some(AtMost::People(0)));
    assert_eq!(words(&plan), ["+kim"], "neither does it leave, nor is it found by an address");
    let title = Changes { title: Some(Some(crate::Designation::parse("Boss").unwrap())), ..entry("CI") };
    let plan = planned(&[entry("ann"), title], &users, ALL);
    assert_eq!(words(&plan), Vec::<String>::new());
    assert_eq!(
        plan.left_alone.iter().map(|(entry, user)| (*entry, user.id)).collect::<Vec<_>>(),
        [(1, UserId::stored(2))]
    );
}

#[test]
fn the_bots_of_leavers_are_named_and_count_for_no_cap() {
    let asleep = User { deactivated_at: Some(noon()), ..bot(4, "old", 1) };
    let users = [ours(1, "ann"), ours(2, "bob"), bot(3, "ci", 1), asleep, bot(5, "his", 2)];
    let plan = planned(&[entry("bob")], &users, Some(AtMost::Percent(50)));
    assert_eq!(
        (words(&plan), plan.bots.iter().map(|bot| bot.id.get()).collect::<Vec<_>>()),
        (vec!["-1".to_owned()], vec![3])
    );
    let refused = super::plan(&[entry("bob")], &users, &rules(Some(AtMost::Percent(49))));
    assert_eq!(refused, Err(Unplannable::TooManyLeave { leaving: 1, all: 2 }));
    assert_eq!(planned(&[entry("bob")], &users, None).bots, []);
}
