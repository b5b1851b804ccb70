//! The database of the server from which companies come, read as rows of a store: its users, with keys in clear, its tweets,
//! likes and follows. What it says of pictures is a list of files; which of them could be kept is put in afterwards.

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;
use futures_util::future::ready;
use futures_util::{StreamExt as _, TryFutureExt as _, TryStreamExt as _, stream};
use tokio_postgres::Client;
use tweetty_domain::{
    ApiKey, Error, ImageRecord, KeyLabel, MediaId, Nickname, Particulars, PersonName, Result, Timestamp,
    TweetId, User, UserId,
};
use tweetty_tables::{Row, Rows, STORE_IDENTITY, Source, Table, Value, user_row};

use crate::Options;
use crate::failure::failed;
use crate::opener::Opener;

/// Rows that are in memory at a time.
const PAGE: usize = 1024;

const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";

/// The tables that it must have, and have not.
const MISSING: &str = "
    SELECT CAST(string_agg(name, ', ') AS text)
    FROM unnest(ARRAY['user', 'follower', 'tweet', 'like', 'tweet_media']) AS name
    WHERE to_regclass('public.' || quote_ident(name)) IS NULL";

const IS_TIME_ZONE: &str =
    "SELECT EXISTS (SELECT FROM pg_timezone_names WHERE lower(name) = lower(CAST($1 AS TEXT)))";

/// The milliseconds since 1970 of a time that the server took down in its own zone.
macro_rules! milliseconds {
    ($time:literal) => {
        concat!("CAST(floor(extract(epoch FROM ", $time, " AT TIME ZONE CAST($1 AS TEXT)) * 1000) AS BIGINT)")
    };
}

const USERS: &str = concat!(
    "SELECT CAST(users.id AS BIGINT), users.nickname, users.first_name, users.last_name, users.api_key,
            COALESCE(followers, 0), COALESCE(following, 0), ",
    milliseconds!("first_post"),
    "
     FROM public.\"user\" AS users
     LEFT JOIN (
         SELECT user_id, count(*) AS followers FROM public.follower WHERE user_id <> follower_id GROUP BY user_id
     ) AS by_followee ON by_followee.user_id = users.id
     LEFT JOIN (
         SELECT follower_id, count(*) AS following FROM public.follower WHERE user_id <> follower_id GROUP BY follower_id
     ) AS by_follower ON by_follower.follower_id = users.id
     LEFT JOIN (
         SELECT user_id, min(posted_at) AS first_post FROM public.tweet GROUP BY user_id
     ) AS by_author ON by_author.user_id = users.id
     ORDER BY users.id"
);

const TWEETS: &str = concat!(
    "SELECT CAST(tweet.id AS BIGINT), CAST(tweet.user_id AS BIGINT), COALESCE(tweet.content, ''),
            COALESCE(counted.likes, 0), ",
    milliseconds!("COALESCE(tweet.posted_at, TIMESTAMP 'epoch')"),
    "
     FROM public.tweet
     LEFT JOIN (
         SELECT tweet_id, count(*) AS likes FROM public.\"like\" GROUP BY tweet_id
     ) AS counted ON counted.tweet_id = tweet.id
     ORDER BY tweet.id"
);

const LIKES: &str = "
    SELECT CAST(tweet_id AS BIGINT), CAST(user_id AS BIGINT)
    FROM public.\"like\"
    ORDER BY tweet_id, user_id";

const FOLLOWS: &str = "
    SELECT CAST(follower_id AS BIGINT), CAST(user_id AS BIGINT)
    FROM public.follower
    WHERE user_id <> follower_id
    ORDER BY follower_id, user_id";

const PICTURES: &str = concat!(
    "SELECT CAST(tweet_media.id AS BIGINT), rel_uri, CAST(tweet.id AS BIGINT), CAST(tweet.user_id AS BIGINT), ",
    milliseconds!("COALESCE(uploaded_at, TIMESTAMP 'epoch')"),
    "
     FROM public.tweet_media
     LEFT JOIN public.tweet ON tweet.id = tweet_media.tweet_id
     ORDER BY tweet_media.id"
);

/// What that server put into the place of a key that was `test`.
const TEST_KEY: &str = "tttttttttttttttttttttttttttttt";

/// A picture that it knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormerPicture {
    /// Which.
    pub id: MediaId,
    /// Where its file is, from the server's static folder on.
    pub path: String,
    /// The tweet that shows it.
    pub tweet: Option<TweetId>,
    /// Who wrote that tweet, or else whose folder the file is in; `None` where that is nobody.
    pub owner: Option<UserId>,
    /// When it was uploaded.
    pub uploaded_at: Timestamp,
}

/// The database of that server at one moment.
pub struct FormerServer {
    client: Client,
    time_zone: String,
    users: Vec<User>,
    keys: Vec<Row>,
    /// Users by the nicknames that they had there.
    by_nickname: HashMap<String, UserId>,
    notes: Vec<String>,
    test_user: Option<UserId>,
}

impl FormerServer {
    /// Reads it as it is now. Its times are those of that zone; a user without a tweet was created at the given moment.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where it can't be reached, [`Error::Internal`] where it is the database of something else or
    /// PostgreSQL knows no such zone.
    pub async fn open(url: &str, time_zone: &str, at: Timestamp) -> Result<Self> {
        let client = Opener::new(url, &Options::default())?.plain().await?;
        client.batch_execute(BEGIN).await.map_err(failed)?;
        if let Some(missing) =
            client.query_one(MISSING, &[]).await.map_err(failed)?.get::<_, Option<String>>(0)
        {
            let problem =
                format!("the tables {missing} are missing, so it is not the database of that server");
            return Err(Error::internal(problem));
        }
        if !client.query_one(IS_TIME_ZONE, &[&time_zone]).await.map_err(failed)?.get::<_, bool>(0) {
            return Err(Error::internal(format!(
                "PostgreSQL knows no time zone {time_zone:?}; write one such as UTC or Europe/Berlin"
            )));
        }
        let mut former = Self {
            client,
            time_zone: time_zone.to_owned(),
            users: Vec::new(),
            keys: Vec::new(),
            by_nickname: HashMap::new(),
            notes: Vec::new(),
            test_user: None,
        };
        former.read_users(at).await?;
        Ok(former)
    }

    /// What could not stay as it was, a sentence each.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Who had the key that the server put into the place of `test`, which pages send.
    pub fn test_user(&self) -> Option<UserId> {
        self.test_user
    }

    /// The pictures by their ids.
    ///
    /// # Errors
    /// Those of reading.
    pub async fn pictures(&self) -> Result<Vec<FormerPicture>> {
        let rows = self.client.query(PICTURES, &[&self.time_zone]).await.map_err(failed)?;
        let picture = |row: &tokio_postgres::Row| {
            let path = row.try_get::<_, Option<String>>(1)?.unwrap_or_default();
            let author = row.try_get::<_, Option<i64>>(3)?.map(UserId::stored);
            Ok(FormerPicture {
                id: MediaId::stored(row.try_get(0)?),
                tweet: row.try_get::<_, Option<i64>>(2)?.map(TweetId::stored),
                owner: author.or_else(|| self.owner_of_folder(&path)),
                uploaded_at: moment(row.try_get(4)?),
                path,
            })
        };
        rows.iter().map(picture).collect::<std::result::Result<_, tokio_postgres::Error>>().map_err(failed)
    }

    /// Everything as the rows of a store, with those images.
    pub fn with_images(self, mut images: Vec<ImageRecord>) -> impl Source + 'static {
        images.sort_by_key(|image| image.id);
        Adopted { former: self, images }
    }

    /// Files lie in `upload/NICKNAME/medias`.
    fn owner_of_folder(&self, path: &str) -> Option<UserId> {
        let nickname = path.trim_start_matches('/').strip_prefix("upload/")?.split('/').next()?;
        self.by_nickname.get(nickname).copied()
    }

    async fn read_users(&mut self, at: Timestamp) -> Result<()> {
        let rows = self.client.query(USERS, &[&self.time_zone]).await.map_err(failed)?;
        let mut taken = HashSet::new();
        let mut unnamed = Vec::new();
        for row in &rows {
            let (mut user, key, nickname) = self.user(row, at).map_err(failed)?;
            let id = user.id;
            self.by_nickname.insert(nickname.clone(), id);
            if key.as_deref() == Some(TEST_KEY) {
                self.test_user = Some(id);
            }
            match key.as_deref().map(ApiKey::parse) {
                Some(Ok(key)) => {
                    let number = i64::try_from(self.keys.len() + 1).map_err(Error::unavailable)?;
                    let (hash, never) = (key.hash(), None::<Timestamp>);
                    self.keys.push(vec![
                        number.into(),
                        hash.into(),
                        id.into(),
                        at.into(),
                        never.into(),
                        None::<KeyLabel>.into(),
                        never.into(),
                    ]);
                }
                Some(Err(invalid)) => self.note(id, &format!("the key is lost: {invalid}")),
                None => self.note(id, "there is no key"),
            }
            match Nickname::parse(&nickname) {
                Ok(nickname) if taken.insert(nickname.folded()) => user.nickname = nickname,
                parsed => unnamed.push((self.users.len(), parsed)),
            }
            self.users.push(user);
        }
        self.name(unnamed, taken)
    }

    /// Gives names to those who can't keep theirs.
    fn name(
        &mut self,
        unnamed: Vec<(usize, std::result::Result<Nickname, tweetty_domain::Invalid>)>,
        mut taken: HashSet<String>,
    ) -> Result<()> {
        for (place, parsed) in unnamed {
            let Some(user) = self.users.get_mut(place) else { continue };
            let (wish, mut number) = match parsed {
                Ok(nickname) => (nickname, 2),
                Err(_) => (Nickname::parse(&format!("user{}", user.id))?, 1),
            };
            let nickname = loop {
                let nickname = wish.numbered(number)?;
                if taken.insert(nickname.folded()) {
                    break nickname;
                }
                number += 1;
            };
            let (id, note) = (
                user.id,
                format!(
                    "the nickname {:?} is {:?} from now on, since the old one is no nickname here, or looks like that of \
                     another user",
                    user.nickname.as_str(),
                    nickname.as_str()
                ),
            );
            user.nickname = nickname;
            self.note(id, &note);
        }
        Ok(())
    }

    fn note(&mut self, user: UserId, note: &str) {
        self.notes.push(format!("user #{user}: {note}"));
    }

    /// A user, their key and their nickname there.
    fn user(
        &mut self,
        row: &tokio_postgres::Row,
        at: Timestamp,
    ) -> std::result::Result<(User, Option<String>, String), tokio_postgres::Error> {
        let id = UserId::stored(row.try_get(0)?);
        let nickname = row.try_get::<_, Option<String>>(1)?.unwrap_or_default();
        let [first_name, last_name] = [("first", 2), ("last", 3)].map(|(which, place)| {
            let Some(name) = row.try_get::<_, Option<String>>(place)?.filter(|name| !name.trim().is_empty())
            else {
                return Ok(None);
            };
            let parsed = PersonName::parse(&name);
            if let Err(invalid) = &parsed {
                self.note(id, &format!("the {which} name is left out: {invalid}"));
            }
            Ok::<_, tokio_postgres::Error>(parsed.ok())
        });
        let count = |place| row.try_get::<_, i64>(place).map(i64::unsigned_abs);
        let user = User {
            id,
            nickname: Nickname::stored(nickname.trim()),
            first_name: first_name?,
            last_name: last_name?,
            particulars: Particulars::default(),
            avatar: None,
            deactivated_at: None,
            followers_count: count(5)?,
            following_count: count(6)?,
            created_at: row.try_get::<_, Option<i64>>(7)?.map_or(at, moment),
        };
        Ok((user, row.try_get(4)?, nickname))
    }
}

fn moment(milliseconds: i64) -> Timestamp {
    Timestamp::from_timestamp_millis(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// That database, and those of its pictures that could be kept.
struct Adopted {
    former: FormerServer,
    images: Vec<ImageRecord>,
}

impl Adopted {
    /// Rows of a statement whose columns are numbers, but for `text`.
    fn read(&self, statement: &'static str, width: usize, text: Option<usize>) -> Rows<'_> {
        let FormerServer { client, time_zone, .. } = &self.former;
        let zone = statement.contains("$1").then_some(time_zone);
        let rows = async move { client.query_raw(statement, zone).await };
        let values = move |row: tokio_postgres::Row| {
            let value = |place| {
                if text == Some(place) {
                    return row.try_get::<_, String>(place).map(Value::from);
                }
                row.try_get::<_, i64>(place).map(Value::from)
            };
            ready((0..width).map(value).collect::<std::result::Result<Row, _>>().map_err(failed))
        };
        let rows = rows.try_flatten_stream().map_err(failed).and_then(values);
        rows.try_chunks(PAGE).map_err(|broken| broken.1).boxed()
    }
}

#[async_trait]
impl Source for Adopted {
    fn rows(&mut self, table: &'static Table) -> Option<Rows<'_>> {
        let held: Box<dyn Iterator<Item = Row> + Send + '_> = match table.name {
            "users" => Box::new(self.former.users.iter().cloned().map(user_row)),
            "api_keys" => Box::new(self.former.keys.iter().cloned()),
            "images" => Box::new(self.images.iter().cloned().map(image_row)),
            "follows" => return Some(self.read(FOLLOWS, 2, None)),
            "tweets" => return Some(self.read(TWEETS, 5, Some(2))),
            "likes" => return Some(self.read(LIKES, 2, None)),
            _ if *table == STORE_IDENTITY => return None,
            _ => Box::new(std::iter::empty()),
        };
        Some(stream::iter(held).chunks(PAGE).map(Ok).boxed())
    }

    async fn last_id(&mut self, table: &'static Table) -> Result<i64> {
        let theirs = match table.name {
            "users" => "public.\"user\"",
            "tweets" => "public.tweet",
            "images" => "public.tweet_media",
            _ => return Ok(0),
        };
        let last = format!(
            "SELECT GREATEST(
                (SELECT CAST(COALESCE(max(id), 0) AS BIGINT) FROM {theirs}),
                COALESCE(pg_sequence_last_value(CAST(pg_get_serial_sequence('{theirs}', 'id') AS regclass)), 0)
            )"
        );
        Ok(self.former.client.query_one(&last, &[]).await.map_err(failed)?.get(0))
    }
}

fn image_row(image: ImageRecord) -> Row {
    let (tweet, position) = image.place.unzip();
    vec![
        image.id.into(),
        image.owner.into(),
        image.name.into(),
        image.width.into(),
        image.height.into(),
        image.bytes.into(),
        tweet.into(),
        position.into(),
        image.uploaded_at.into(),
        image.description.into(),
        image.variants.into(),
    ]
}
