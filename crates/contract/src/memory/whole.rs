//! Whole stores.

use async_trait::async_trait;
use chrono::DateTime;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tweetty_domain::{
    Entry, Error, Fingerprint, IdempotencyKey, ImageName, ImageRecord, KeyHash, MediaId, NewImage, NewUser,
    Nickname, Operator, Outcome, PersonName, Record, RecordId, Result, StoreId, Timestamp, TweetId,
    TweetText, UserId,
};
use tweetty_tables::Value::{Bytes, Integer, Text};
use tweetty_tables::{
    Row, Rows, SchemaDifference, Source, TABLES, Table, Value, WholeStore, action_of, log_row,
};

use super::{Guarded, HeldKey, Memory, State, Written};

#[async_trait]
impl WholeStore for Memory {
    async fn load(&self, mut source: Box<dyn Source>) -> Result<()> {
        let mut loaded = State { id: self.state().id, ..State::default() };
        for table in TABLES {
            let Some(rows) = source.rows(table) else { continue };
            let rows = rows.try_concat().await?;
            let mut last = if table.has_ids() { source.last_id(table).await? } else { 0 };
            for row in rows {
                if let (true, Integer(id)) = (table.has_ids(), &row[0]) {
                    last = last.max(*id);
                }
                loaded.take_in(table, &row);
            }
            loaded.last.insert(table.name, last);
        }
        let mut state = self.state();
        if !state.users.is_empty() {
            return Err(Error::NotEmpty);
        }
        *state = loaded;
        Ok(())
    }

    async fn read(&self) -> Result<Box<dyn Source>> {
        let mut state = self.state();
        state.id()?;
        Ok(Box::new(state.clone()))
    }

    async fn schema_differences(&self) -> Result<Vec<SchemaDifference>> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl Source for State {
    fn rows(&mut self, table: &'static Table) -> Option<Rows<'_>> {
        Some(stream::iter([Ok(self.table(table))]).boxed())
    }

    async fn last_id(&mut self, table: &'static Table) -> Result<i64> {
        Ok(self.last.get(table.name).copied().unwrap_or_default())
    }
}

fn time(milliseconds: i64) -> Timestamp {
    DateTime::from_timestamp_millis(milliseconds).unwrap()
}

fn name(value: &Value) -> Option<PersonName> {
    text(value).map(PersonName::stored)
}

fn text(value: &Value) -> Option<String> {
    if let Text(text) = value { Some(text.clone()) } else { None }
}

fn sum(bytes: &[u8]) -> [u8; 32] {
    bytes.try_into().unwrap()
}

impl State {
    fn take_in(&mut self, table: &Table, row: &[Value]) {
        match (table.name, row) {
            ("users", [Integer(id), Text(nickname), _, first, last, _, _, _, Integer(at)]) => {
                let new = NewUser {
                    nickname: Nickname::stored(nickname.clone()),
                    first_name: name(first),
                    last_name: name(last),
                    key: KeyHash::stored([0; 32]),
                    created_at: time(*at),
                };
                self.users.insert(UserId::stored(*id), new);
            }
            ("api_keys", [Bytes(hash), Integer(user), Integer(at), end]) => {
                let end = if let Integer(end) = end { Some(time(*end)) } else { None };
                let key = HeldKey { holder: UserId::stored(*user), created_at: time(*at), end };
                self.keys.insert(sum(hash), key);
            }
            ("follows", [Integer(follower), Integer(followee)]) => {
                self.follows.insert((UserId::stored(*follower), UserId::stored(*followee)));
            }
            ("tweets", [Integer(id), Integer(author), Text(text), _, Integer(at)]) => {
                let (author, text) = (UserId::stored(*author), TweetText::stored(text.clone()));
                let written = Written { author, text, attachments: Vec::new(), created_at: time(*at) };
                self.tweets.insert(TweetId::stored(*id), written);
            }
            ("likes", [Integer(tweet), Integer(user)]) => {
                self.likes.insert((TweetId::stored(*tweet), UserId::stored(*user)));
            }
            ("images", [Integer(id), Integer(owner), Text(name), rest @ ..]) => {
                self.take_in_image(MediaId::stored(*id), UserId::stored(*owner), name, rest);
            }
            ("idempotency_keys", [Integer(user), Text(key), Bytes(print), Integer(outcome), Integer(at)]) => {
                self.guards.push(Guarded {
                    user: UserId::stored(*user),
                    key: IdempotencyKey::parse(key).unwrap(),
                    fingerprint: Fingerprint::stored(sum(print)),
                    outcome: *outcome,
                    created_at: time(*at),
                });
            }
            (
                "audit_log",
                [Integer(id), Integer(at), Text(os), sudo, Text(action), user, Text(outcome), detail],
            ) => {
                let entry = Entry {
                    at: time(*at),
                    operator: Operator { os_user: os.clone(), sudo_user: text(sudo) },
                    action: action_of(action.clone()),
                    user: if let Integer(user) = user { Some(UserId::stored(*user)) } else { None },
                    outcome: Outcome::stored(outcome).unwrap(),
                    detail: text(detail),
                };
                self.log.push(Record { id: RecordId::stored(*id), entry });
            }
            ("store_identity", [_, Text(id)]) => self.id = StoreId::parse(id),
            unknown => unreachable!("the model does not know {unknown:?}"),
        }
    }

    fn take_in_image(&mut self, id: MediaId, owner: UserId, name: &str, rest: &[Value]) {
        let [Integer(width), Integer(height), Integer(bytes), tweet, position, Integer(at)] = rest else {
            unreachable!("no image: {rest:?}");
        };
        let [width, height] = [width, height].map(|pixels| u32::try_from(*pixels).unwrap());
        let name = ImageName::parse(name).unwrap();
        let bytes = bytes.unsigned_abs();
        let image = NewImage { owner, name, width, height, bytes, uploaded_at: time(*at), guard: None };
        self.images.insert(id, image);
        if let (Integer(tweet), Integer(position)) = (tweet, position) {
            // Images come by their ids, in whatever place each of them is.
            let attachments = &mut self.tweets.get_mut(&TweetId::stored(*tweet)).unwrap().attachments;
            let position = usize::try_from(*position).unwrap();
            attachments.resize(attachments.len().max(position + 1), id);
            attachments[position] = id;
        }
    }

    fn table(&self, table: &Table) -> Vec<Row> {
        match table.name {
            "users" => self.users.keys().filter_map(|id| self.user(*id)).map(user).collect(),
            "api_keys" => {
                let key = |(hash, key): (&[u8; 32], &HeldKey)| {
                    vec![(*hash).into(), key.holder.into(), key.created_at.into(), key.end.into()]
                };
                self.keys.iter().map(key).collect()
            }
            "follows" => {
                self.follows.iter().map(|(one, other)| vec![(*one).into(), (*other).into()]).collect()
            }
            "tweets" => {
                let tweet = |(id, tweet): (&TweetId, &Written)| {
                    let likes = self.likers(*id).count() as u64;
                    let Written { author, text, created_at, .. } = tweet.clone();
                    vec![(*id).into(), author.into(), text.into(), likes.into(), created_at.into()]
                };
                self.tweets.iter().map(tweet).collect()
            }
            "likes" => self.likes.iter().map(|(tweet, user)| vec![(*tweet).into(), (*user).into()]).collect(),
            "images" => self.images.iter().map(|(id, image)| record(&self.image(*id, image))).collect(),
            "idempotency_keys" => {
                let mut guards = self.guards.iter().collect::<Vec<_>>();
                guards.sort_by_key(|guard| (guard.user, guard.key.as_str()));
                let guard = |guard: &Guarded| {
                    let Guarded { user, key, fingerprint, outcome, created_at } = guard.clone();
                    vec![user.into(), key.into(), fingerprint.into(), outcome.into(), created_at.into()]
                };
                guards.into_iter().map(guard).collect()
            }
            "audit_log" => {
                self.log.iter().cloned().map(|Record { id, entry }| log_row(id.get(), entry)).collect()
            }
            "store_identity" => self.id.map(|id| vec![1_i64.into(), id.into()]).into_iter().collect(),
            unknown => unreachable!("the model does not know {unknown}"),
        }
    }

    fn place(&self, image: MediaId) -> Option<(TweetId, u32)> {
        self.tweets.iter().find_map(|(tweet, written)| {
            let place = written.attachments.iter().position(|attached| *attached == image)?;
            Some((*tweet, u32::try_from(place).ok()?))
        })
    }

    pub(super) fn image(&self, id: MediaId, image: &NewImage) -> ImageRecord {
        let NewImage { owner, name, width, height, bytes, uploaded_at, .. } = *image;
        ImageRecord { id, owner, name, width, height, bytes, place: self.place(id), uploaded_at }
    }
}

fn user(user: tweetty_domain::User) -> Row {
    let (folded, searchable) = (user.nickname.folded(), user.searchable());
    vec![
        user.id.into(),
        user.nickname.into(),
        folded.into(),
        user.first_name.into(),
        user.last_name.into(),
        searchable.into(),
        user.followers_count.into(),
        user.following_count.into(),
        user.created_at.into(),
    ]
}

fn record(image: &ImageRecord) -> Row {
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
    ]
}
