//! The port of announcements.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};
use tweetty_domain::{
    Acknowledged, Announcement, AnnouncementId, Announcements, Change, Entry, Error, Invalid,
    NewAnnouncement, People, Person, Result, Timestamp, TweetId, UserId,
};

use crate::failure::{Failure, Violation as _};
use crate::schema::tweets;
use crate::statement::{json_ids, sql};
use crate::{Store, audit, person, rows};

/// The index is named: few stand at a time, and a walk by id would pass by all that have ended.
const STANDING: &str = "
    SELECT id, tweet_id, ends_at, acknowledge
    FROM announcements INDEXED BY announcements_ending
    WHERE ends_at > ?1
    ORDER BY id DESC
    LIMIT ?2";

const COUNT_STANDING: &str = "
    SELECT count(*)
    FROM announcements
    WHERE ends_at > ?1";

const IS_ANNOUNCED: &str = "
    SELECT EXISTS (SELECT 1 FROM announcements WHERE tweet_id = ?1 AND ends_at > ?2)";

const ANNOUNCE: &str = "
    INSERT INTO announcements (tweet_id, ends_at, acknowledge, created_at)
    VALUES (?1, ?2, ?3, ?4)
    RETURNING id";

const WITHDRAW: &str = "
    DELETE FROM announcements
    WHERE id = ?1";

const FORGET: &str = "
    DELETE FROM announcements
    WHERE id IN (
        SELECT id
        FROM announcements
        WHERE ends_at < ?1
        ORDER BY ends_at
        LIMIT ?2
    )";

const ONE: &str = "
    SELECT ends_at, acknowledge
    FROM announcements
    WHERE id = ?1";

const ACKNOWLEDGE: &str = "
    INSERT INTO acknowledgements (announcement_id, user_id, at)
    VALUES (?1, ?2, ?3)
    ON CONFLICT DO NOTHING";

const ACKNOWLEDGED: &str = "
    SELECT announcement_id
    FROM json_each(?1) AS asked
    CROSS JOIN acknowledgements ON announcement_id = asked.value AND user_id = ?2";

/// Both tables are walked in the order of the users.
const MISSING: &str = "
    SELECT users.id, users.nickname, users.first_name, users.last_name, users.avatar, users.owner_id IS NOT NULL
    FROM users
    WHERE users.id > ?1
      AND users.deactivated_at IS NULL
      AND users.owner_id IS NULL
      AND NOT EXISTS (
          SELECT 1 FROM acknowledgements WHERE announcement_id = ?2 AND user_id = users.id
      )
    ORDER BY users.id
    LIMIT ?3";

const ACKNOWLEDGED_BY: &str = "
    SELECT announcement_id, announcements.tweet_id, at
    FROM acknowledgements
    CROSS JOIN announcements ON announcements.id = announcement_id
    WHERE user_id = ?1
      AND announcement_id > ?2
    ORDER BY announcement_id
    LIMIT ?3";

#[async_trait]
impl Announcements for Store {
    async fn announce(
        &self,
        new: NewAnnouncement,
        most: u32,
        entry: Option<Entry>,
    ) -> Result<Option<AnnouncementId>> {
        self.writer.write(move |connection| announce(connection, new, most, entry)).await
    }

    async fn withdraw(&self, announcement: AnnouncementId, entry: Option<Entry>) -> Result<bool> {
        let withdraw = move |connection: &mut _| {
            Ok(sql::<()>(WITHDRAW).bind(announcement.get()).execute(connection)? > 0)
        };
        self.recorded(entry, bool::clone, withdraw).await
    }

    async fn standing(&self, now: Timestamp, limit: u32) -> Result<Vec<Announcement>> {
        self.readers.read(move |connection| standing(connection, now, limit)).await
    }

    async fn acknowledged(&self, user: UserId, of: Vec<AnnouncementId>) -> Result<Vec<AnnouncementId>> {
        let ids = json_ids(&of.into_iter().map(AnnouncementId::get).collect::<Vec<_>>());
        let read = move |connection: &mut _| {
            let found = sql::<BigInt>(ACKNOWLEDGED).bind(ids.as_str()).bind(user).load::<i64>(connection)?;
            Ok(found.into_iter().map(AnnouncementId::stored).collect())
        };
        self.readers.read(read).await
    }

    async fn acknowledge(
        &self,
        announcement: AnnouncementId,
        user: UserId,
        at: Timestamp,
    ) -> Result<Option<Change>> {
        self.writer.write(move |connection| acknowledge(connection, announcement, user, at)).await
    }

    async fn missing(
        &self,
        announcement: AnnouncementId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Option<People<Person>>> {
        self.readers.snapshot(move |connection| missing(connection, announcement, after, limit)).await
    }

    async fn acknowledged_by(
        &self,
        user: UserId,
        after: Option<AnnouncementId>,
        limit: u32,
    ) -> Result<Vec<Acknowledged>> {
        self.readers.read(move |connection| acknowledged_by(connection, user, after, limit)).await
    }

    async fn forget_announcements(&self, ended_before: Timestamp, limit: u32) -> Result<u64> {
        let forget = move |connection: &mut _| {
            Ok(sql::<()>(FORGET).bind(ended_before).bind(limit).execute(connection)? as u64)
        };
        self.writer.write(forget).await
    }
}

fn announce(
    connection: &mut SqliteConnection,
    new: NewAnnouncement,
    most: u32,
    entry: Option<Entry>,
) -> Result<Option<AnnouncementId>, Failure> {
    let known = diesel::dsl::exists(tweets::table.find(new.tweet.get()));
    if !diesel::select(known).get_result::<bool>(connection)? {
        return Ok(None);
    }
    if sql::<Bool>(IS_ANNOUNCED).bind(new.tweet).bind(new.at).get_result(connection)? {
        return Err(Error::AlreadyAnnounced(new.tweet).into());
    }
    let standing = sql::<BigInt>(COUNT_STANDING).bind(new.at).get_result::<i64>(connection)?;
    if standing >= i64::from(most) {
        return Err(Error::TooManyAnnouncements { limit: most }.into());
    }
    let id = sql::<BigInt>(ANNOUNCE)
        .bind(new.tweet)
        .bind(new.until)
        .bind(i64::from(new.acknowledge))
        .bind(new.at)
        .get_result(connection)?;
    let id = AnnouncementId::stored(id);
    audit::record(connection, entry.map(|entry| entry.of_announcement(id)).as_ref())?;
    Ok(Some(id))
}

fn standing(
    connection: &mut SqliteConnection,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<Announcement>, Failure> {
    let found = sql::<(BigInt, BigInt, BigInt, Bool)>(STANDING).bind(now).bind(limit);
    let announcement = |(id, tweet, until, acknowledge): (i64, i64, i64, bool)| {
        Ok(Announcement {
            id: AnnouncementId::stored(id),
            tweet: TweetId::stored(tweet),
            until: rows::moment(until)?,
            acknowledge,
        })
    };
    found.load(connection)?.into_iter().map(announcement).collect()
}

/// When an announcement ends that asks people to acknowledge it; `None` where there is none.
fn asking(connection: &mut SqliteConnection, id: AnnouncementId) -> Result<Option<Timestamp>, Failure> {
    let found = sql::<(BigInt, Bool)>(ONE).bind(id.get()).get_result::<(i64, bool)>(connection).optional()?;
    match found {
        Some((_, false)) => Err(Error::from(Invalid::UnaskedAcknowledgement).into()),
        Some((ends_at, true)) => Ok(Some(rows::moment(ends_at)?)),
        None => Ok(None),
    }
}

fn acknowledge(
    connection: &mut SqliteConnection,
    announcement: AnnouncementId,
    user: UserId,
    at: Timestamp,
) -> Result<Option<Change>, Failure> {
    if asking(connection, announcement)?.is_none_or(|ends_at| ends_at <= at) {
        return Ok(None);
    }
    let acknowledge = sql::<()>(ACKNOWLEDGE).bind(announcement.get()).bind(user).bind(at);
    let made = acknowledge.execute(connection).or_if_orphan(|| Error::UnknownKey)?;
    Ok(Some(if made > 0 { Change::Made } else { Change::AlreadySo }))
}

fn missing(
    connection: &mut SqliteConnection,
    announcement: AnnouncementId,
    after: Option<UserId>,
    limit: u32,
) -> Result<Option<People<Person>>, Failure> {
    if asking(connection, announcement)?.is_none() {
        return Ok(None);
    }
    let missing = sql::<person::Columns>(MISSING)
        .bind(after.map_or(0, UserId::get))
        .bind(announcement.get())
        .bind(u64::from(limit) + 1)
        .load(connection)?;
    let missing = missing.into_iter().map(person::of_row).collect();
    Ok(Some(rows::page_of_people(missing, limit, |person: &Person| person.id)))
}

fn acknowledged_by(
    connection: &mut SqliteConnection,
    user: UserId,
    after: Option<AnnouncementId>,
    limit: u32,
) -> Result<Vec<Acknowledged>, Failure> {
    let found = sql::<(BigInt, BigInt, BigInt)>(ACKNOWLEDGED_BY)
        .bind(user)
        .bind(after.map_or(0, AnnouncementId::get))
        .bind(limit)
        .load::<(i64, i64, i64)>(connection)?;
    let acknowledged = |(announcement, tweet, at): (i64, i64, i64)| {
        Ok(Acknowledged {
            announcement: AnnouncementId::stored(announcement),
            tweet: TweetId::stored(tweet),
            at: rows::moment(at)?,
        })
    };
    found.into_iter().map(acknowledged).collect()
}
