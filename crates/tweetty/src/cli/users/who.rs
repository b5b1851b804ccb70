//! Which user is meant.

use tweetty_domain::{Error, Microblog, Nickname, Subject, User, UserId};

use crate::config::Refusal;

/// Finds the user of that nickname; `#7` is always user 7, and `7` is where nobody has that nickname.
pub(super) async fn find(microblog: &Microblog, who: &str) -> anyhow::Result<User> {
    let found = match who.strip_prefix('#').map(id) {
        Some(Some(id)) => microblog.user(id).await,
        _ => by_nickname(microblog, who).await,
    };
    match found {
        Ok(user) => Ok(user),
        Err(Error::NotFound(_) | Error::Invalid(_)) => Err(Refusal::world(
            format!("{who:?}"),
            "there is no such user; `tweetty users search` finds people",
        )
        .into()),
        Err(error) => Err(error.into()),
    }
}

async fn by_nickname(microblog: &Microblog, who: &str) -> Result<User, Error> {
    let found = microblog.user_by_nickname(&Nickname::parse(who)?).await;
    match (found, id(who)) {
        (Err(Error::NotFound(Subject::Nickname)), Some(id)) => microblog.user(id).await,
        (found, _) => found,
    }
}

fn id(text: &str) -> Option<UserId> {
    text.parse().ok().and_then(|number| UserId::new(number).ok())
}
