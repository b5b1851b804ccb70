//! `tweetty users export`: everything of one user, as one archive.

mod archive;

use std::io::{self, Write};
use std::path::PathBuf;

use chrono::SecondsFormat;
use clap::Args;
use serde::Serialize;
use tweetty_domain::{
    Acknowledged, Action, Embedded, Excerpt, ImageName, ImageRecord, Liked, Microblog, Operations, Order,
    PageSize, People, Person, Scope, Start, Timestamp, Tweet, UserId,
};

use super::view::UserView;
use super::who;
use crate::config::{MediaSettings, Refusal, local_path};
use crate::output::{Answer, Output};
use crate::wiring::Wired;
use archive::Archive;

/// Rows that are read at a time.
const PAGE: u32 = 500;

const README: &str = "\
Everything that tweetty keeps of one person, as JSON and pictures.\n\n\
profile.json    who it is; `avatar` names a file of `images/`\n\
tweets.json     what they wrote, the newest first; `images` names files of this archive\n\
likes.json      what they like\n\
acknowledgements.json  which announcements they said that they have read\n\
following.json  whom they follow\n\
followers.json  who follows them\n\
images.json     the pictures that they uploaded, shown in a tweet or not, and what they were said to show\n\
removals.json   which of their tweets were removed lately, and why\n\
images/         the pictures themselves, and the avatar\n\n\
The smaller copies of the pictures that are shown on small screens are not here, for they are made of these.\n\
Times are in UTC. The API keys are not here: the server itself knows only their hashes.\n";

#[derive(Debug, Args)]
pub(super) struct Export {
    /// Whose data: a nickname, or an id such as '#7'
    #[arg(value_name = "USER")]
    user: String,
    /// The zip archive to make
    #[arg(long, value_name = "FILE.zip", value_parser = local_path())]
    to: PathBuf,
    #[command(flatten)]
    pub(super) media: MediaSettings,
}

#[derive(Debug, Serialize)]
struct Exported {
    id: i64,
    nickname: String,
    file: String,
    tweets: u64,
    likes: u64,
    acknowledgements: u64,
    following: u64,
    followers: u64,
    images: u64,
    removals: u64,
}

impl Answer for Exported {
    fn text(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self {
            id,
            nickname,
            file,
            tweets,
            likes,
            acknowledgements,
            following,
            followers,
            images,
            removals,
        } = self;
        writeln!(
            to,
            "wrote {file}: user #{id}, {nickname}, with {tweets} tweets, {likes} likes, \
             {acknowledgements} acknowledgements, {following} followees, {followers} followers, {images} images, \
             {removals} removals"
        )
    }
}

#[derive(Serialize)]
struct TweetView {
    id: i64,
    content: String,
    created_at: String,
    likes_count: u64,
    images: Vec<String>,
}

#[derive(Serialize)]
struct LikeView {
    tweet_id: i64,
    author_id: i64,
    author: String,
}

#[derive(Serialize)]
struct AcknowledgementView {
    announcement_id: i64,
    tweet_id: i64,
    at: String,
}

#[derive(Serialize)]
struct PersonView {
    id: i64,
    name: String,
}

#[derive(Serialize)]
struct ImageView {
    id: i64,
    /// None where the file is gone.
    file: Option<String>,
    tweet_id: Option<i64>,
    width: u32,
    height: u32,
    uploaded_at: String,
    /// What it shows, where that was said.
    description: Option<String>,
}

#[derive(Serialize)]
struct RemovalView {
    tweet_id: i64,
    content: String,
    reason: String,
    removed_at: String,
}

impl Export {
    pub(super) async fn run(self, wired: &Wired, output: Output) -> anyhow::Result<()> {
        let Wired { microblog, operations, .. } = wired;
        let user = who::find(microblog, &self.user).await?;
        if self.to.try_exists()? {
            let problem = format!("{} is there already; name a new file", self.to.display());
            return Err(Refusal::world("--to", problem).into());
        }
        let (id, nickname, avatar) = (user.id, user.nickname.as_str().to_owned(), user.avatar);
        let mut archive = Archive::begin(&self.to)?;
        archive.text("README.txt", README)?;
        archive.document("profile.json", &UserView::from(user))?;
        let exported = Exported {
            id: id.get(),
            nickname,
            file: self.to.display().to_string(),
            tweets: tweets(microblog, id, &mut archive).await?,
            likes: likes(operations, id, &mut archive).await?,
            acknowledgements: acknowledgements(operations, id, &mut archive).await?,
            following: people(microblog, id, Direction::Following, &mut archive).await?,
            followers: people(microblog, id, Direction::Followers, &mut archive).await?,
            images: images(wired, id, &mut archive).await?,
            removals: removals(operations, id, &mut archive).await?,
        };
        if let Some(avatar) = avatar {
            picture(microblog, avatar.large(), &mut archive).await?;
        }
        operations.record(Action::ExportUser, Some(id), None).await?;
        archive.finish()?;
        Ok(output.show(&exported)?)
    }
}

async fn tweets(microblog: &Microblog, user: UserId, archive: &mut Archive) -> anyhow::Result<u64> {
    let size = PageSize::parse(Some(PAGE.into()), PAGE)?;
    let mut list = archive.list("tweets.json")?;
    let mut start = Start::FIRST;
    loop {
        let page = microblog.feed(user, Scope::By(user), Order::Recent, start, size, Embedded::NONE).await?;
        for tweet in page.tweets {
            list.add(&tweet_view(&tweet))?;
        }
        match page.next {
            Some(next) => start = Start::After(next),
            None => return Ok(list.finish()?),
        }
    }
}

fn tweet_view(tweet: &Tweet) -> TweetView {
    TweetView {
        id: tweet.id.get(),
        content: tweet.text.as_str().to_owned(),
        created_at: rfc3339(tweet.created_at),
        likes_count: tweet.likes_count,
        images: tweet.attachments.iter().map(|image| image_file(&image.name.to_string())).collect(),
    }
}

async fn likes(operations: &Operations, user: UserId, archive: &mut Archive) -> anyhow::Result<u64> {
    let mut list = archive.list("likes.json")?;
    let mut after = None;
    loop {
        let page = operations.liked_by(user, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(list.finish()?) };
        after = Some(last.tweet);
        for Liked { tweet, author } in page {
            let author_name = author.nickname.as_str().to_owned();
            list.add(&LikeView { tweet_id: tweet.get(), author_id: author.id.get(), author: author_name })?;
        }
    }
}

async fn removals(operations: &Operations, user: UserId, archive: &mut Archive) -> anyhow::Result<u64> {
    let mut list = archive.list("removals.json")?;
    let mut after = None;
    loop {
        let page = operations.removals_of(user, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(list.finish()?) };
        after = Some(last.id);
        for removal in page {
            list.add(&RemovalView {
                tweet_id: removal.tweet.get(),
                content: removal.text.as_str().to_owned(),
                reason: removal.reason.as_str().to_owned(),
                removed_at: rfc3339(removal.removed_at),
            })?;
        }
    }
}

async fn acknowledgements(
    operations: &Operations,
    user: UserId,
    archive: &mut Archive,
) -> anyhow::Result<u64> {
    let mut list = archive.list("acknowledgements.json")?;
    let mut after = None;
    loop {
        let page = operations.acknowledged_by(user, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(list.finish()?) };
        after = Some(last.announcement);
        for Acknowledged { announcement, tweet, at } in page {
            let (announcement_id, tweet_id) = (announcement.get(), tweet.get());
            list.add(&AcknowledgementView { announcement_id, tweet_id, at: rfc3339(at) })?;
        }
    }
}

#[derive(Clone, Copy)]
enum Direction {
    Following,
    Followers,
}

async fn people(
    microblog: &Microblog,
    user: UserId,
    direction: Direction,
    archive: &mut Archive,
) -> anyhow::Result<u64> {
    let size = PageSize::parse(Some(PAGE.into()), PAGE)?;
    let mut list = archive.list(match direction {
        Direction::Following => "following.json",
        Direction::Followers => "followers.json",
    })?;
    let mut after = None;
    loop {
        let People { people, next } = match direction {
            Direction::Following => microblog.following(user, after, size).await?,
            Direction::Followers => microblog.followers(user, after, size).await?,
        };
        for Person { id, nickname, .. } in people {
            list.add(&PersonView { id: id.get(), name: nickname.as_str().to_owned() })?;
        }
        match next {
            Some(next) => after = Some(next),
            None => return Ok(list.finish()?),
        }
    }
}

/// The pictures first, then their list, since an archive is written one file after the other: the list is kept on disk
/// meanwhile.
async fn images(wired: &Wired, user: UserId, archive: &mut Archive) -> anyhow::Result<u64> {
    let mut waiting = archive.waiting_list()?;
    let mut after = None;
    loop {
        let page = wired.operations.uploads_of(user, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        for image in page {
            let found = picture(&wired.microblog, image.name, archive).await?;
            waiting.add(&image_view(&image, found.then(|| image_file(&image.name.to_string()))))?;
        }
    }
    Ok(archive.take("images.json", waiting)?)
}

/// Puts the picture of that name into the archive; false where there is none: its tweet may have been deleted a moment ago.
async fn picture(microblog: &Microblog, name: ImageName, archive: &mut Archive) -> anyhow::Result<bool> {
    let mut opened = match microblog.image(name, Excerpt::Whole).await {
        Ok(opened) => opened,
        Err(tweetty_domain::Error::NotFound(_)) => return Ok(false),
        Err(error) => return Err(error.into()),
    };
    archive.picture(&image_file(&name.to_string()))?;
    while let Some(piece) = opened.content.next().await? {
        archive.write_all(&piece)?;
    }
    Ok(true)
}

fn image_view(image: &ImageRecord, file: Option<String>) -> ImageView {
    ImageView {
        id: image.id.get(),
        file,
        tweet_id: image.place.map(|(tweet, _)| tweet.get()),
        width: image.width,
        height: image.height,
        uploaded_at: rfc3339(image.uploaded_at),
        description: image.description.as_ref().map(|text| text.as_str().to_owned()),
    }
}

fn image_file(name: &str) -> String {
    format!("images/{name}")
}

fn rfc3339(moment: Timestamp) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Millis, true)
}
