//! The demo company: a dozen people and a cat, what they say, show, like, and whom they follow.

mod people;
mod pictures;
mod tweets;

use std::collections::HashMap;

use anyhow::Context as _;
use people::{COLLEAGUES, Colleague};
use pictures::Picture;
use tokio::task::{JoinHandle, spawn_blocking};
use tweets::{Said, TWEETS};
use tweetty_domain::{
    ApiKey, Attachments, MediaId, Microblog, Nickname, PersonName, TweetId, TweetText, UserId,
};

/// In which pieces pictures are uploaded, in bytes.
const PIECE: usize = 64 * 1024;

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

/// Founds the demo company in an empty store; the key is that of its first user. Each other one gets a key that
/// nobody knows.
pub(crate) async fn found(microblog: &Microblog, viewer_key: ApiKey) -> anyhow::Result<Founded> {
    let drawn = draw();
    let company = hire(microblog, viewer_key).await?;
    let mut founded = Founded { people: company.len(), ..Founded::default() };
    for Colleague { nickname, follows, .. } in &COLLEAGUES {
        for followee in *follows {
            microblog.follow(known(&company, nickname)?, known(&company, followee)?).await?;
            founded.follows += 1;
        }
    }
    let mut pictures = HashMap::new();
    for (picture, drawing) in drawn {
        pictures.insert(picture, drawing.await.context("drawing")??);
    }
    for (number, said) in TWEETS.iter().enumerate() {
        let author = known(&company, said.author)?;
        let tweet = publish(microblog, author, said, &pictures).await?;
        founded.tweets += 1;
        founded.pictures += said.pictures.len();
        founded.likes += like(microblog, &company, (number, said, tweet)).await?;
    }
    Ok(founded)
}

/// Starts drawing all pictures, on as many processors as there are.
fn draw() -> Vec<(Picture, JoinHandle<image::ImageResult<Vec<u8>>>)> {
    let mut drawn = Vec::new();
    for picture in TWEETS.iter().flat_map(|said| said.pictures) {
        if drawn.iter().all(|(other, _)| other != picture) {
            let picture = *picture;
            drawn.push((picture, spawn_blocking(move || picture.draw())));
        }
    }
    drawn
}

async fn hire(microblog: &Microblog, viewer_key: ApiKey) -> anyhow::Result<HashMap<&'static str, UserId>> {
    let mut viewer_key = Some(viewer_key);
    let mut users = Vec::new();
    for Colleague { nickname, first_name, last_name, .. } in &COLLEAGUES {
        let key = viewer_key.take().map_or_else(ApiKey::generate, Ok)?;
        let names = (PersonName::parse(first_name)?, PersonName::parse(last_name)?);
        users.push((Nickname::parse(nickname)?, Some(names.0), Some(names.1), key));
    }
    let ids = microblog.add_users(users).await?;
    Ok(COLLEAGUES.iter().map(|colleague| colleague.nickname).zip(ids).collect())
}

fn known(company: &HashMap<&'static str, UserId>, nickname: &str) -> anyhow::Result<UserId> {
    company.get(nickname).copied().with_context(|| format!("nobody is called {nickname}"))
}

async fn publish(
    microblog: &Microblog,
    author: UserId,
    said: &Said,
    pictures: &HashMap<Picture, Vec<u8>>,
) -> anyhow::Result<TweetId> {
    let limits = microblog.limits();
    let mut media = Vec::new();
    for picture in said.pictures.iter().take(limits.attachments) {
        let bytes = pictures.get(picture).with_context(|| format!("{picture:?} was not drawn"))?;
        media.push(upload(microblog, author, bytes).await?.get());
    }
    let text = TweetText::parse(said.text, limits.tweet_length)?;
    let attachments = Attachments::parse(&media, limits.attachments)?;
    Ok(microblog.publish(author, text, attachments, None).await?)
}

async fn upload(microblog: &Microblog, owner: UserId, bytes: &[u8]) -> anyhow::Result<MediaId> {
    let mut upload = microblog.receive_upload().await?;
    for piece in bytes.chunks(PIECE) {
        upload.write(piece).await?;
    }
    Ok(microblog.upload(owner, upload, None).await?)
}

/// Lets as many colleagues as were said like a tweet: each tweet begins with another one, and nobody likes her own.
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
