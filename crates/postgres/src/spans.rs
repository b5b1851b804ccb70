//! Which tweets a time has. A later tweet has a higher id, so a time is a range of ids, found by halving: some 20 looks
//! into the primary key among millions of tweets, and none into an index of their times, which each tweet would pay for.

use std::time::{Duration, Instant};

use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl as _;
use tweetty_adapter::{Remembered, Span};
use tweetty_domain::Timestamp;

use crate::connection::Connection;
use crate::failure::Failure;
use crate::statement::sql;

/// Beginnings are whole hours, so there are a few at a time; more are made up.
const MOST: usize = 1_000;
/// A beginning lies in the past and stays where it is; how many tweets have come since need not be exact.
const TRUSTED: Duration = Duration::from_mins(5);

/// The first tweet since a moment, and the last of all.
const SPAN: &str = "
    WITH RECURSIVE halving (low, high) AS (
        SELECT min(id), max(id) + 1 FROM tweets
        UNION ALL
        SELECT CASE WHEN tweet.created_at < :since THEN tweet.id + 1 ELSE halving.low END,
               CASE WHEN tweet.created_at < :since THEN halving.high ELSE middle.id END
        FROM halving
        CROSS JOIN LATERAL (SELECT halving.low + (halving.high - halving.low) / 2) AS middle (id)
        CROSS JOIN LATERAL (
            SELECT id, created_at FROM tweets WHERE id >= middle.id ORDER BY id LIMIT 1
        ) AS tweet
        WHERE halving.low < halving.high
    )
    SELECT halving.low, latest.id
    FROM halving
    CROSS JOIN LATERAL (SELECT max(id) AS id FROM tweets) AS latest
    WHERE halving.low >= halving.high
    LIMIT 1";

/// What is known of the times that were asked for.
pub(crate) struct Spans(Remembered<Timestamp, Span>);

impl Spans {
    pub(crate) fn new() -> Self {
        Self(Remembered::new(MOST, TRUSTED))
    }

    /// The tweets since that moment; `None` where there are none, which may change at any time.
    pub(crate) async fn since(
        &self,
        connection: &mut Connection,
        since: Timestamp,
    ) -> Result<Option<Span>, Failure> {
        let asked = Instant::now();
        if let Some(span) = self.0.get(&since, asked) {
            return Ok(Some(span));
        }
        let found = sql::<(BigInt, BigInt)>(SPAN).bind("since", since).load::<(i64, i64)>(connection).await?;
        let span = found.into_iter().next().and_then(|(first, last)| Span::between(first, last));
        if let Some(span) = span {
            self.0.put(since, span, asked);
        }
        Ok(span)
    }
}
