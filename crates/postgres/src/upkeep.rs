//! The port of operators and the sweeper, who keep the store in order.

use async_trait::async_trait;
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use diesel_async::RunQueryDsl;
use futures_util::FutureExt as _;
use tweetty_domain::{
    Avatar, Discrepancy, ImageFiles, ImageName, MediaId, Result, StoreId, Timestamp, Upkeep, UserId,
    Variants, crash_point,
};

use crate::connection::{Connection, Patience};
use crate::failure::Failure;
use crate::schema::{images, users};
use crate::statement::{Bind, sql};
use crate::{Store, avatars, discrepancies, identity, rows};

/// Name and variants of an image.
type Files = (Text, Nullable<Text>);

/// One that is being attached right now is passed over.
const FORGET_UNATTACHED: &str = "
    DELETE FROM images
    WHERE id IN (
        SELECT id
        FROM images
        WHERE tweet_id IS NULL
          AND uploaded_at < :before
        ORDER BY uploaded_at, id
        LIMIT :limit
        FOR UPDATE SKIP LOCKED
    )
    RETURNING name, variants";

/// So many at a time, and none that somebody is using.
const FORGET_GUARDS: &str = "
    DELETE FROM idempotency_keys
    WHERE ctid = ANY (ARRAY (
        SELECT ctid
        FROM idempotency_keys
        WHERE created_at < :before
        ORDER BY created_at
        LIMIT :limit
        FOR UPDATE SKIP LOCKED
    ))";

const FORGET_KEYS: &str = "
    DELETE FROM api_keys
    WHERE ctid = ANY (ARRAY (
        SELECT ctid
        FROM api_keys
        WHERE ends_at < :before
        ORDER BY ends_at
        LIMIT :limit
        FOR UPDATE SKIP LOCKED
    ))";

const KNOWN_IMAGES: &str = "
    SELECT images.name, images.variants
    FROM unnest(:names) WITH ORDINALITY AS asked (name, place)
    JOIN images ON images.name = asked.name
    ORDER BY place";

#[async_trait]
impl Upkeep for Store {
    async fn ready(&self) -> Result<()> {
        self.connections.ready().await
    }

    async fn is_empty(&self) -> Result<bool> {
        self.connections.read(|connection| is_empty(connection).boxed()).await
    }

    async fn store_id(&self) -> Result<StoreId> {
        self.connections.read(|connection| identity::store_id(connection).boxed()).await
    }

    async fn names_images(&self) -> Result<bool> {
        self.connections.beside(|connection| identity::names_images(connection).boxed()).await
    }

    async fn forget_unattached(&self, before: Timestamp, limit: u32) -> Result<Vec<ImageFiles>> {
        self.connections.write(move |connection| forget_unattached(connection, before, limit).boxed()).await
    }

    async fn forget_expired(
        &self,
        guards_before: Timestamp,
        keys_before: Timestamp,
        limit: u32,
    ) -> Result<u64> {
        self.connections
            .transaction(Patience::Request, move |connection| {
                forget_expired(connection, guards_before, keys_before, limit).boxed()
            })
            .await
    }

    async fn forget_removals(&self, before: Timestamp, limit: u32) -> Result<u64> {
        self.connections
            .transaction(Patience::Request, move |connection| {
                crate::moderation::forget(connection, before, limit).boxed()
            })
            .await
    }

    async fn known_images(&self, names: Vec<ImageName>) -> Result<Vec<ImageFiles>> {
        self.connections.read(move |connection| known_images(connection, names).boxed()).await
    }

    async fn images(&self, after: Option<MediaId>, limit: u32) -> Result<Vec<(MediaId, ImageFiles)>> {
        self.connections.read(move |connection| images(connection, after, limit).boxed()).await
    }

    async fn avatars(&self, after: Option<UserId>, limit: u32) -> Result<Vec<(UserId, Avatar)>> {
        self.connections.read(move |connection| avatars::list(connection, after, limit).boxed()).await
    }

    async fn count_without_variants(&self) -> Result<u64> {
        self.connections.read(|connection| crate::images::count_without_variants(connection).boxed()).await
    }

    async fn without_variants(
        &self,
        after: Option<MediaId>,
        limit: u32,
    ) -> Result<Vec<(MediaId, ImageName)>> {
        self.connections
            .read(move |connection| crate::images::without_variants(connection, after, limit).boxed())
            .await
    }

    async fn record_variants(&self, image: MediaId, variants: Variants) -> Result<bool> {
        self.connections
            .write(move |connection| {
                crate::images::record_variants(connection, image, variants.clone()).boxed()
            })
            .await
    }

    async fn forget_avatar(&self, user: UserId, avatar: Avatar) -> Result<bool> {
        let forgotten = self
            .connections
            .write(move |connection| crate::avatars::forget(connection, user, avatar).boxed())
            .await;
        self.known.names.forget(&user);
        forgotten
    }

    async fn forget_variants(&self, image: MediaId) -> Result<bool> {
        self.connections
            .write(move |connection| crate::images::forget_variants(connection, image).boxed())
            .await
    }

    async fn discrepancies(&self, limit: u32) -> Result<Vec<Discrepancy>> {
        self.connections
            .transaction(Patience::Operator, move |connection| discrepancies::find(connection, limit).boxed())
            .await
    }

    async fn repair_counters(&self) -> Result<u64> {
        let mut repaired = 0;
        for counter in &discrepancies::COUNTERS {
            loop {
                let (wrong, mended) = self
                    .connections
                    .transaction(Patience::Operator, move |connection| {
                        discrepancies::repair(connection, counter).boxed()
                    })
                    .await?;
                repaired += mended;
                if wrong < discrepancies::REPAIRED_AT_ONCE {
                    break;
                }
            }
        }
        Ok(repaired)
    }
}

async fn is_empty(connection: &mut Connection) -> Result<bool, Failure> {
    let anybody = exists(users::table.select(users::id));
    Ok(!diesel::select(anybody).get_result::<bool>(connection).await?)
}

async fn forget_unattached(
    connection: &mut Connection,
    before: Timestamp,
    limit: u32,
) -> Result<Vec<ImageFiles>, Failure> {
    let forgotten = sql::<Files>(FORGET_UNATTACHED).bind("before", before).bind("limit", limit);
    let forgotten = forgotten.load(connection).await?.into_iter();
    Ok(forgotten.map(rows::image_files).collect::<Result<_>>()?)
}

async fn forget_expired(
    connection: &mut Connection,
    guards_before: Timestamp,
    keys_before: Timestamp,
    limit: u32,
) -> Result<u64, Failure> {
    let guards = sql::<Text>(FORGET_GUARDS).bind("before", guards_before).bind("limit", limit);
    let guards = guards.execute(connection).await?;
    crash_point("old guards are deleted");
    let keys = sql::<Text>(FORGET_KEYS).bind("before", keys_before).bind("limit", limit);
    let keys = keys.execute(connection).await?;
    crash_point("ended keys are deleted");
    Ok((guards + keys) as u64)
}

async fn known_images(
    connection: &mut Connection,
    names: Vec<ImageName>,
) -> Result<Vec<ImageFiles>, Failure> {
    let names = names.iter().map(ToString::to_string).collect::<Vec<_>>();
    let known = sql::<Files>(KNOWN_IMAGES).bind("names", Bind::Texts(names.clone())).load(connection).await?;
    let mut known = known.into_iter().map(rows::image_files).collect::<Result<Vec<_>>>()?;
    known.extend(avatars::known(connection, names).await?);
    Ok(known)
}

async fn images(
    connection: &mut Connection,
    after: Option<MediaId>,
    limit: u32,
) -> Result<Vec<(MediaId, ImageFiles)>, Failure> {
    let found = images::table
        .filter(images::id.gt(after.map_or(0, MediaId::get)))
        .order(images::id)
        .limit(limit.into())
        .select((images::id, (images::name, images::variants)))
        .load::<(i64, (String, Option<String>))>(connection)
        .await?;
    found.into_iter().map(|(id, files)| Ok((MediaId::stored(id), rows::image_files(files)?))).collect()
}
