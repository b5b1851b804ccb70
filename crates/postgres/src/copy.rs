//! Rows in the text form of `COPY`, sent piece by piece.

use std::fmt::Write as _;
use std::pin::pin;

use bytes::Bytes;
use chrono::DateTime;
use futures_util::{SinkExt as _, TryStreamExt as _};
use tokio_postgres::Transaction;
use tweetty_domain::{Error, Result};
use tweetty_tables::{Kind, Rows, Table, Value};

use crate::failure::failed;

/// Large enough that the protocol costs nothing, small enough that memory stays free.
const PIECE: usize = 64 * 1024;

/// Sends all rows to a table that this transaction has emptied; no faster than the server takes them.
pub(crate) async fn copy(transaction: &Transaction<'_>, table: &Table, mut pages: Rows<'_>) -> Result<()> {
    // Rows in a table that its own transaction emptied may be frozen at once.
    let statement = format!("COPY {} ({}) FROM STDIN (FREEZE)", table.name, table.column_names());
    let mut sink = pin!(transaction.copy_in::<_, Bytes>(&statement).await.map_err(failed)?);
    let mut text = String::new();
    while let Some(page) = pages.try_next().await? {
        for row in page {
            write_row(&mut text, table, &row)?;
            if text.len() >= PIECE {
                let piece = std::mem::replace(&mut text, String::with_capacity(PIECE + 1024));
                sink.send(Bytes::from(piece)).await.map_err(failed)?;
            }
        }
    }
    sink.send(Bytes::from(text)).await.map_err(failed)?;
    sink.finish().await.map_err(failed)?;
    Ok(())
}

fn write_row(to: &mut String, table: &Table, row: &[Value]) -> Result<()> {
    for (place, (column, value)) in table.columns.iter().zip(row).enumerate() {
        if place > 0 {
            to.push('\t');
        }
        write(to, column.kind, value)?;
    }
    to.push('\n');
    Ok(())
}

/// Writing to a string can't fail.
fn write(to: &mut String, kind: Kind, value: &Value) -> Result<()> {
    match value {
        Value::Null => to.push_str("\\N"),
        Value::Integer(milliseconds) if kind == Kind::Time => {
            let moment = DateTime::from_timestamp_millis(*milliseconds)
                .ok_or_else(|| Error::internal(format!("{milliseconds} ms is no time")))?;
            write!(to, "{}", moment.format("%Y-%m-%dT%H:%M:%S%.3fZ")).ok();
        }
        Value::Integer(number) => {
            write!(to, "{number}").ok();
        }
        Value::Bytes(bytes) => {
            to.push_str("\\\\x");
            for byte in bytes {
                write!(to, "{byte:02x}").ok();
            }
        }
        Value::Text(text) => {
            for character in text.chars() {
                match character {
                    '\\' => to.push_str("\\\\"),
                    '\n' => to.push_str("\\n"),
                    '\r' => to.push_str("\\r"),
                    '\t' => to.push_str("\\t"),
                    other => to.push(other),
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(kind: Kind, value: impl Into<Value>) -> String {
        let mut text = String::new();
        write(&mut text, kind, &value.into()).unwrap();
        text
    }

    #[test]
    fn what_has_a_meaning_to_copy_is_escaped() {
        assert_eq!(written(Kind::Text, "a\tb\\N\r\nc"), "a\\tb\\\\N\\r\\nc");
        assert_eq!(written(Kind::Text, None::<String>), "\\N");
        assert_eq!(written(Kind::Bytes, Some([255; 32])), format!("\\\\x{}", "ff".repeat(32)));
        assert_eq!(written(Kind::Id, 7_i64), "7");
        assert_eq!(written(Kind::Time, 1_795_435_200_007_i64), "2026-11-23T12:00:00.007Z");
    }

    #[test]
    fn a_number_that_is_no_time_is_refused() {
        assert!(write(&mut String::new(), Kind::Time, &i64::MAX.into()).is_err());
    }
}
