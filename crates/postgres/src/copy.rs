//! Rows in the text form of `COPY`, sent piece by piece.

use std::fmt::Write as _;
use std::pin::pin;

use bytes::Bytes;
use futures_util::SinkExt as _;
use tokio_postgres::Transaction;
use tweetty_domain::{Result, Timestamp};

use crate::failure::failed;

/// Large enough that the protocol costs nothing, small enough that memory stays free.
const PIECE: usize = 64 * 1024;

/// A row that is being written.
#[derive(Default)]
pub(crate) struct Rows {
    text: String,
    in_row: bool,
}

impl Rows {
    /// Ends the row.
    pub(crate) fn end(&mut self) {
        self.text.push('\n');
        self.in_row = false;
    }

    /// A number.
    pub(crate) fn number(&mut self, number: i64) -> &mut Self {
        self.field();
        // Writing to a string can't fail.
        write!(self.text, "{number}").ok();
        self
    }

    /// A number, or nothing.
    pub(crate) fn maybe_number(&mut self, number: Option<i64>) -> &mut Self {
        match number {
            Some(number) => self.number(number),
            None => self.text(None),
        }
    }

    /// A time, or nothing.
    pub(crate) fn maybe_time(&mut self, moment: Option<Timestamp>) -> &mut Self {
        match moment {
            Some(moment) => self.time(moment),
            None => self.text(None),
        }
    }

    /// A time.
    pub(crate) fn time(&mut self, moment: Timestamp) -> &mut Self {
        self.field();
        write!(self.text, "{}", moment.format("%Y-%m-%dT%H:%M:%S%.3fZ")).ok();
        self
    }

    /// Bytes.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.field();
        self.text.push_str("\\\\x");
        for byte in bytes {
            write!(self.text, "{byte:02x}").ok();
        }
        self
    }

    /// A text, or nothing.
    pub(crate) fn text(&mut self, text: Option<&str>) -> &mut Self {
        self.field();
        let Some(text) = text else {
            self.text.push_str("\\N");
            return self;
        };
        for character in text.chars() {
            match character {
                '\\' => self.text.push_str("\\\\"),
                '\n' => self.text.push_str("\\n"),
                '\r' => self.text.push_str("\\r"),
                '\t' => self.text.push_str("\\t"),
                other => self.text.push(other),
            }
        }
        self
    }

    fn field(&mut self) {
        if self.in_row {
            self.text.push('\t');
        }
        self.in_row = true;
    }
}

/// Sends all items, each written as a row; no faster than the server takes them.
pub(crate) async fn copy<T>(
    transaction: &Transaction<'_>,
    statement: &str,
    items: tweetty_domain::Rows<'_, T>,
    mut write: impl FnMut(&mut Rows, T) + Send,
) -> Result<()> {
    let mut sink = pin!(transaction.copy_in::<_, Bytes>(statement).await.map_err(failed)?);
    let mut rows = Rows::default();
    for item in items {
        write(&mut rows, item?);
        rows.end();
        if rows.text.len() >= PIECE {
            let piece = std::mem::replace(&mut rows.text, String::with_capacity(PIECE + 1024));
            sink.send(Bytes::from(piece)).await.map_err(failed)?;
        }
    }
    sink.send(Bytes::from(rows.text)).await.map_err(failed)?;
    sink.finish().await.map_err(failed)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;

    use super::*;

    #[test]
    fn what_has_a_meaning_to_copy_is_escaped() {
        let mut rows = Rows::default();
        let noon = chrono::Utc.with_ymd_and_hms(2026, 11, 23, 12, 0, 0).unwrap();
        rows.number(7).text(Some("a\tb\\N\r\nc")).text(None).bytes(&[0, 255]).time(noon).end();
        rows.number(8).end();
        assert_eq!(rows.text, "7\ta\\tb\\\\N\\r\\nc\t\\N\t\\\\x00ff\t2026-11-23T12:00:00.000Z\n8\n");
    }
}
