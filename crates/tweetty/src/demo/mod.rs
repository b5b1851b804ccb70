//! Founding the demo company, whose people, tweets and pictures are those of the crate `tweetty-demo`.

mod dates;

use std::collections::HashMap;

use anyhow::Context as _;
use tweetty_demo::{COLLEAGUES, Colleague, Said, TWEETS};
use tweetty_domain::{
    ApiKey, Attachments, Changes, Embedded, Error, IdempotencyKey, ImageDescription, MediaId, Microblog,
    Newcomer, Nickname, Operations, Order, PageSize, Particulars, PersonName, Scope, Start, TweetId,
    TweetText, UserId,
};

/// In which pieces pictures are uploaded, in bytes.
const PIECE: usize = 64 * 1024;

/// The viewer's nickname until all is there: a demo that was interrupted is known by it, and founded to its end.
const MOVING_IN: &str = "Mira (moving in)";

/// What there is of the demo company.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Founded {
    /// People, the cat among them.
    pub(crate) people: usize,
    /// What they said.
    pub(crate) tweets: usize,
    /// What they showed.
    pub(crate) pictures: usize,
    /// What they liked.
    pub(crate) likes: usize,
    /// Whom they follow.
    pub(crate) follows: usize,
}

/// Whether the store holds a demo company whose founding was interrupted.
pub(crate) async fn is_unfinished(microblog: &Microblog) -> anyhow::Result<bool> {
    match microblog.user_by_nickname(&Nickname::parse(MOVING_IN)?).await {
        Ok(_) => Ok(true),
        Err(Error::NotFound(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Whether that key opens a demo company that is there.
pub(crate) async fn is_founded(microblog: &Microblog, viewer_key: &ApiKey) -> anyhow::Result<bool> {
    match microblog.authenticate(&viewer_key.credential()).await {
        Ok(viewer) => Ok(microblog.user(viewer.user).await?.nickname.as_str() == COLLEAGUES[0].nickname),
        Err(Error::UnknownKey) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Founds the demo company in an empty store, or goes on where founding it was interrupted; the key is that of its
/// first user. All others get keys that nobody knows.
pub(crate) async fn found(
    microblog: &Microblog,
    service: &Operations,
    viewer_key: ApiKey,
) -> anyhow::Result<Founded> {
    let microblog = &microblog.without_quotas();
    if !is_unfinished(microblog).await? {
        hire(service).await?;
    }
    let company = company(microblog).await?;
    let viewer = known(&company, COLLEAGUES[0].nickname)?;
    let said_before = said_before(microblog, viewer).await?;
    let mut founded = Founded { people: company.len(), ..Founded::default() };
    for Colleague { nickname, follows, .. } in &COLLEAGUES {
        for followee in *follows {
            microblog.follow(known(&company, nickname)?, known(&company, followee)?).await?;
            founded.follows += 1;
        }
    }
    for (number, said) in TWEETS.iter().enumerate() {
        let author = known(&company, said.author)?;
        let tweet = match said_before.get(number) {
            Some(tweet) => *tweet,
            None => publish(microblog, author, (number, said)).await?,
        };
        founded.tweets += 1;
        founded.pictures += said.pictures.len();
        founded.likes += like(microblog, &company, (number, said, tweet)).await?;
    }
    service.replace_key(viewer, &viewer_key, None).await?;
    let nickname = Some(Nickname::parse(COLLEAGUES[0].nickname)?);
    service.update_user(viewer, Changes { nickname, ..Changes::default() }).await?;
    Ok(founded)
}

async fn hire(service: &Operations) -> anyhow::Result<()> {
    let mut users = Vec::new();
    for (number, Colleague { nickname, first_name, last_name, .. }) in COLLEAGUES.iter().enumerate() {
        let nickname = if number == 0 { MOVING_IN } else { nickname };
        users.push(Newcomer {
            nickname: Nickname::parse(nickname)?,
            first_name: Some(PersonName::parse(first_name)?),
            last_name: Some(PersonName::parse(last_name)?),
            particulars: Particulars::default(),
            key: Some(ApiKey::generate()?),
        });
    }
    service.add_users(users, &[]).await?;
    Ok(())
}

/// Everybody by nickname.
async fn company(microblog: &Microblog) -> anyhow::Result<HashMap<&'static str, UserId>> {
    let mut company = HashMap::new();
    for (number, Colleague { nickname, .. }) in COLLEAGUES.iter().enumerate() {
        let present = Nickname::parse(if number == 0 { MOVING_IN } else { nickname })?;
        let user =
            microblog.user_by_nickname(&present).await.with_context(|| format!("looking for {nickname}"))?;
        company.insert(*nickname, user.id);
    }
    Ok(company)
}

/// The tweets that an interrupted founding published, in the order of [`TWEETS`].
async fn said_before(microblog: &Microblog, viewer: UserId) -> anyhow::Result<Vec<TweetId>> {
    let size = PageSize::parse(None, microblog.limits().page_size)?;
    let mut start = Start::FIRST;
    let mut said = Vec::new();
    loop {
        let page = microblog.feed(viewer, Scope::All, Order::Recent, start, size, Embedded::NONE).await?;
        said.extend(page.tweets.iter().map(|tweet| tweet.id));
        let Some(next) = page.next else { break };
        start = Start::After(next);
    }
    said.reverse();
    Ok(said)
}

fn known(company: &HashMap<&'static str, UserId>, nickname: &str) -> anyhow::Result<UserId> {
    company.get(nickname).copied().with_context(|| format!("nobody is called {nickname}"))
}

async fn publish(
    microblog: &Microblog,
    author: UserId,
    (number, said): (usize, &Said),
) -> anyhow::Result<TweetId> {
    let limits = microblog.limits();
    let (mut media, mut descriptions) = (Vec::new(), Vec::new());
    // Guarded, for the case that two processes found the same demo.
    for (place, picture) in said.pictures.iter().take(limits.attachments).enumerate() {
        let once = IdempotencyKey::parse(&format!("demo-{number}-{place}"))?;
        media.push(upload(microblog, author, picture.bytes, once).await?.get());
        descriptions.push(Some(ImageDescription::stored(picture.description.to_owned())));
    }
    let microblog = dates::at_the_time_of(number, microblog);
    // As it is, even where a shorter limit was configured for people.
    let text = TweetText::stored(said.text.to_owned());
    let attachments = Attachments::parse(&media, limits.attachments)?.described(descriptions)?;
    let once = IdempotencyKey::parse(&format!("demo-{number}"))?;
    Ok(microblog.publish(author, text, attachments, Some(once)).await?)
}

async fn upload(
    microblog: &Microblog,
    owner: UserId,
    bytes: &[u8],
    once: IdempotencyKey,
) -> anyhow::Result<MediaId> {
    let mut upload = microblog.receive_upload().await?;
    for piece in bytes.chunks(PIECE) {
        upload.write(piece).await?;
    }
    Ok(microblog.upload(owner, upload, Some(once)).await?)
}

/// Lets as many colleagues as were said like a tweet: each tweet begins with another one, and nobody likes their own.
async fn like(
    microblog: &Microblog,
    company: &HashMap<&'static str, UserId>,
    (number, said, tweet): (usize, &Said, TweetId),
) -> anyhow::Result<usize> {
    let others = COLLEAGUES.iter().cycle().skip(number * 5 % COLLEAGUES.len()).take(COLLEAGUES.len());
    let others = others.filter(|colleague| colleague.nickname != said.author).take(said.likes);
    let mut likes = 0;
    for colleague in others {
        microblog.like(known(company, colleague.nickname)?, tweet).await?;
        likes += 1;
    }
    Ok(likes)
}

#[cfg(test)]
mod tests;
