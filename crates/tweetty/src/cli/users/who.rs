//! Which user is meant: a bare word is a nickname, `#7` is an id, and neither is ever taken for the other.

use tweetty_domain::{Error, Microblog, Nickname, User, UserId};

use crate::cli::shell::quoted;
use crate::config::Refusal;

/// Finds the user whom a word of the command line names.
pub(super) async fn find(microblog: &Microblog, word: &str) -> anyhow::Result<User> {
    let (other, lack) = match written_id(word) {
        Some(id) => match with_id(microblog, id).await? {
            Some(user) => return Ok(user),
            None => (with_nickname(microblog, word).await?, "there is no user with this id"),
        },
        None => match with_nickname(microblog, word).await? {
            Some(user) => return Ok(user),
            None => (with_number(microblog, word).await?, "nobody has this nickname"),
        },
    };
    let problem = match other {
        Some(User { id, nickname, .. }) => {
            format!("{lack}; user #{id} is {}: write '#{id}'", nickname.as_str())
        }
        None => "there is no such user; `tweetty users search` finds people".to_owned(),
    };
    Err(Refusal::world(format!("{word:?}"), problem).into())
}

/// Finds the user of a change that can't be undone. A word that is the nickname of one user and the id of another is
/// refused, unless the id is given as well; the word is then the nickname, whatever it looks like.
pub(super) async fn find_surely(
    microblog: &Microblog,
    word: &str,
    id: Option<UserId>,
) -> anyhow::Result<User> {
    if let Some(id) = id {
        return find_both(microblog, word, id).await;
    }
    let user = find(microblog, word).await?;
    let other = match written_id(word) {
        Some(_) => with_nickname(microblog, word).await?,
        None => with_number(microblog, word).await?,
    };
    let Some(other) = other.filter(|other| other.id != user.id) else { return Ok(user) };
    let (named, numbered) = if written_id(word).is_some() { (other, user) } else { (user, other) };
    let choice = |user: &User| format!("{} --id {}", quoted(user.nickname.as_str()), user.id);
    let problem = format!(
        "this is the nickname of user #{} and the id of user #{}, {}; write {} or {}",
        named.id,
        numbered.id,
        numbered.nickname.as_str(),
        choice(&named),
        choice(&numbered)
    );
    Err(Refusal::usage(format!("{word:?}"), problem).into())
}

async fn find_both(microblog: &Microblog, word: &str, id: UserId) -> anyhow::Result<User> {
    let problem = match with_nickname(microblog, word).await? {
        Some(user) if user.id == id => return Ok(user),
        Some(user) => format!("the user with the nickname {word:?} has the id {}, not {id}", user.id),
        None => format!("with --id, {word:?} is a nickname, and nobody has it"),
    };
    Err(Refusal::world("--id", format_args!("{problem}; nobody was touched")).into())
}

async fn with_id(microblog: &Microblog, id: UserId) -> Result<Option<User>, Error> {
    found(microblog.user(id).await)
}

/// The user of whom a bare number is the id.
async fn with_number(microblog: &Microblog, word: &str) -> Result<Option<User>, Error> {
    match number(word.trim()) {
        Some(id) => with_id(microblog, id).await,
        None => Ok(None),
    }
}

async fn with_nickname(microblog: &Microblog, word: &str) -> Result<Option<User>, Error> {
    match Nickname::parse(word) {
        Ok(nickname) => found(microblog.user_by_nickname(&nickname).await),
        Err(_) => Ok(None),
    }
}

fn found(user: Result<User, Error>) -> Result<Option<User>, Error> {
    match user {
        Ok(user) => Ok(Some(user)),
        Err(Error::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The id in `#7`.
fn written_id(word: &str) -> Option<UserId> {
    word.trim().strip_prefix('#').and_then(number)
}

fn number(digits: &str) -> Option<UserId> {
    let only_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    only_digits.then(|| digits.parse().ok()).flatten().and_then(UserId::new)
}
