//! Hand-written SQL that is prepared once a connection; diesel's own `sql_query` prepares it anew each time.

use std::borrow::Cow;
use std::marker::PhantomData;

use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::Error as DieselError;
use diesel::sql_types::{BigInt, Binary, Nullable, Text};
use diesel::sqlite::Sqlite;
use diesel::{QueryResult, RunQueryDsl, SqliteConnection};
use tweetty_domain::{Fingerprint, ImageName, KeyHash, MediaId, Timestamp, TweetId, UserId, Variants};
use tweetty_tables::Value;

/// A statement whose rows have the SQL types `Row`; its parameters are written `?1`, `?2`, … and first appear in that order.
pub(crate) struct Statement<Row> {
    text: Cow<'static, str>,
    binds: Vec<Bind>,
    row: PhantomData<Row>,
}

/// The value of a parameter.
pub(crate) enum Bind {
    Integer(i64),
    Text(String),
    Blob(Vec<u8>),
    Null,
}

/// That SQL, its parameters yet to be bound.
pub(crate) fn sql<Row>(text: impl Into<Cow<'static, str>>) -> Statement<Row> {
    Statement { text: text.into(), binds: Vec::new(), row: PhantomData }
}

impl<Row> Statement<Row> {
    /// Binds the next parameter.
    pub(crate) fn bind(mut self, value: impl Into<Bind>) -> Self {
        self.binds.push(value.into());
        self
    }

    /// Binds the next parameters.
    pub(crate) fn bind_all(mut self, values: Vec<Bind>) -> Self {
        self.binds.extend(values);
        self
    }
}

impl<Row> QueryFragment<Sqlite> for Statement<Row> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        let mut pieces = self.text.split('?');
        out.push_sql(pieces.next().unwrap_or_default());
        let mut unbound = self.binds.iter();
        let mut next = 1_usize;
        for piece in pieces {
            let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
            if piece[..digits].parse() == Ok(next) {
                // Diesel writes the `?` itself, the number follows with the piece.
                unbound.next().ok_or_else(|| mismatch(&self.text))?.push(&mut out)?;
                next += 1;
            } else {
                out.push_sql("?");
            }
            out.push_sql(piece);
        }
        if unbound.next().is_none() { Ok(()) } else { Err(mismatch(&self.text)) }
    }
}

fn mismatch(text: &str) -> DieselError {
    DieselError::QueryBuilderError(format!("values and parameters differ in number: {text}").into())
}

impl Bind {
    fn push<'b>(&'b self, out: &mut AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        match self {
            Self::Integer(value) => out.push_bind_param::<BigInt, _>(value),
            Self::Text(value) => out.push_bind_param::<Text, _>(value),
            Self::Blob(value) => out.push_bind_param::<Binary, [u8]>(value),
            Self::Null => out.push_bind_param::<Nullable<BigInt>, _>(&None::<i64>),
        }
    }
}

impl<Row> QueryId for Statement<Row> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Row> Query for Statement<Row> {
    type SqlType = Row;
}

impl<Row> RunQueryDsl<SqliteConnection> for Statement<Row> {}

impl From<i64> for Bind {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<u32> for Bind {
    fn from(value: u32) -> Self {
        Self::Integer(value.into())
    }
}

impl From<u64> for Bind {
    /// A number beyond what SQLite holds becomes the largest that it does.
    fn from(value: u64) -> Self {
        Self::Integer(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl From<UserId> for Bind {
    fn from(id: UserId) -> Self {
        Self::Integer(id.get())
    }
}

impl From<TweetId> for Bind {
    fn from(id: TweetId) -> Self {
        Self::Integer(id.get())
    }
}

impl From<MediaId> for Bind {
    fn from(id: MediaId) -> Self {
        Self::Integer(id.get())
    }
}

impl From<Timestamp> for Bind {
    fn from(moment: Timestamp) -> Self {
        Self::Integer(moment.timestamp_millis())
    }
}

impl From<&str> for Bind {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Bind {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<ImageName> for Bind {
    fn from(name: ImageName) -> Self {
        Self::Text(name.to_string())
    }
}

impl From<&Variants> for Bind {
    fn from(variants: &Variants) -> Self {
        Self::Text(variants.to_string())
    }
}

impl From<&KeyHash> for Bind {
    fn from(hash: &KeyHash) -> Self {
        Self::Blob(hash.as_bytes().to_vec())
    }
}

impl From<&Fingerprint> for Bind {
    fn from(fingerprint: &Fingerprint) -> Self {
        Self::Blob(fingerprint.as_bytes().to_vec())
    }
}

impl From<Value> for Bind {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Integer(number) => Self::Integer(number),
            Value::Text(text) => Self::Text(text),
            Value::Bytes(bytes) => Self::Blob(bytes),
        }
    }
}

impl<T: Into<Bind>> From<Option<T>> for Bind {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// Ids as one value, which `json_each` makes rows of in their order.
pub(crate) fn json_ids(ids: &[i64]) -> String {
    let ids = ids.iter().map(ToString::to_string).collect::<Vec<_>>();
    format!("[{}]", ids.join(","))
}

/// Names as one value likewise; they are made of characters that JSON does not escape.
pub(crate) fn json_names(names: impl IntoIterator<Item = impl std::fmt::Display>) -> String {
    let names = names.into_iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>();
    format!("[{}]", names.join(","))
}

/// Texts as one value likewise, whatever they are made of.
pub(crate) fn json_texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let texts = texts.into_iter().map(|text| {
        let escaped = text.chars().map(|character| match character {
            '"' | '\\' => format!("\\{character}"),
            character if character < ' ' => format!("\\u{:04x}", u32::from(character)),
            character => character.into(),
        });
        format!("\"{}\"", escaped.collect::<String>())
    });
    format!("[{}]", texts.collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use diesel::Connection as _;

    use super::*;

    #[test]
    fn a_parameter_may_appear_again() {
        let mut connection = SqliteConnection::establish(":memory:").unwrap();
        let row = sql::<(Text, Text, BigInt)>("SELECT ?1 || ?2, ?1, ?3 + ?3")
            .bind("a")
            .bind("b")
            .bind(4_i64)
            .get_result::<(String, String, i64)>(&mut connection);
        assert_eq!(row, Ok(("ab".to_owned(), "a".to_owned(), 8)));
    }

    #[test]
    fn texts_are_one_value_and_come_out_as_they_were() {
        let mut connection = SqliteConnection::establish(":memory:").unwrap();
        let texts = ["a", "\"q\"", "\\", "\u{1}\n", "жё 👋", ""];
        let rows = sql::<Text>("SELECT value FROM json_each(?1) ORDER BY key").bind(json_texts(texts));
        assert_eq!(rows.load::<String>(&mut connection).unwrap(), texts);
    }

    #[test]
    fn a_value_too_many_or_too_few_is_refused() {
        let mut connection = SqliteConnection::establish(":memory:").unwrap();
        for values in [0, 2] {
            let binds = (0..values).map(Bind::Integer).collect();
            let refused = sql::<BigInt>("SELECT ?1").bind_all(binds).get_result::<i64>(&mut connection);
            assert!(matches!(refused, Err(DieselError::QueryBuilderError(_))), "{refused:?}");
        }
    }
}
