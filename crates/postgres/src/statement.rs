//! Hand-written SQL that is prepared once a connection; diesel's own `sql_query` prepares it anew each time.

use std::marker::PhantomData;

use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::Error as DieselError;
use diesel::sql_types::{Array, BigInt, Binary, Bool, Integer, Nullable, Text, Timestamptz};
use tweetty_domain::{
    Fingerprint, ImageDescription, ImageName, KeyHash, MediaId, Timestamp, TweetId, UserId, Variants,
};

/// A statement whose rows have the SQL types `Row`; its parameters are written `:name`.
pub(crate) struct Statement<Row> {
    text: &'static str,
    binds: Vec<(&'static str, Bind)>,
    row: PhantomData<Row>,
}

/// The value of a parameter.
pub(crate) enum Bind {
    BigInt(i64),
    MaybeBigInt(Option<i64>),
    Integer(i32),
    Bool(bool),
    MaybeTime(Option<Timestamp>),
    Text(String),
    Bytes([u8; 32]),
    Time(Timestamp),
    BigInts(Vec<i64>),
    MaybeBigInts(Vec<Option<i64>>),
    Texts(Vec<String>),
    MaybeText(Option<String>),
    MaybeTexts(Vec<Option<String>>),
    Hashes(Vec<Vec<u8>>),
    Times(Vec<Timestamp>),
    MaybeTimes(Vec<Option<Timestamp>>),
}

/// That SQL, its parameters yet to be bound.
pub(crate) fn sql<Row>(text: &'static str) -> Statement<Row> {
    Statement { text, binds: Vec::new(), row: PhantomData }
}

impl<Row> Statement<Row> {
    /// Gives a parameter its value; one that the text doesn't name is left out.
    pub(crate) fn bind(mut self, name: &'static str, value: impl Into<Bind>) -> Self {
        self.binds.push((name, value.into()));
        self
    }

    fn value(&self, name: &str) -> QueryResult<&Bind> {
        let found = self.binds.iter().find(|(bound, _)| *bound == name);
        let missing =
            || DieselError::QueryBuilderError(format!(":{name} is not bound in {}", self.text).into());
        found.map(|(_, value)| value).ok_or_else(missing)
    }
}

impl<Row> QueryFragment<Pg> for Statement<Row> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let mut pieces = self.text.split(':');
        out.push_sql(pieces.next().unwrap_or_default());
        let mut numbered = Vec::new();
        for piece in pieces {
            let length = piece.bytes().take_while(|byte| byte.is_ascii_lowercase() || *byte == b'_').count();
            let (name, rest) = piece.split_at(length);
            if name.is_empty() {
                out.push_sql(":");
            } else if let Some(place) = numbered.iter().position(|known| *known == name) {
                out.push_sql(&format!("${}", place + 1));
            } else {
                // Diesel writes the number.
                self.value(name)?.push(&mut out)?;
                numbered.push(name);
            }
            out.push_sql(rest);
        }
        Ok(())
    }
}

impl Bind {
    fn push<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        match self {
            Self::BigInt(value) => out.push_bind_param::<BigInt, _>(value),
            Self::MaybeBigInt(value) => out.push_bind_param::<Nullable<BigInt>, _>(value),
            Self::Integer(value) => out.push_bind_param::<Integer, _>(value),
            Self::Bool(value) => out.push_bind_param::<Bool, _>(value),
            Self::MaybeTime(value) => out.push_bind_param::<Nullable<Timestamptz>, _>(value),
            Self::Text(value) => out.push_bind_param::<Text, _>(value),
            Self::Bytes(value) => out.push_bind_param::<Binary, [u8]>(value),
            Self::Time(value) => out.push_bind_param::<Timestamptz, _>(value),
            Self::BigInts(values) => out.push_bind_param::<Array<BigInt>, _>(values),
            Self::MaybeBigInts(values) => out.push_bind_param::<Array<Nullable<BigInt>>, _>(values),
            Self::Texts(values) => out.push_bind_param::<Array<Text>, _>(values),
            Self::MaybeText(value) => out.push_bind_param::<Nullable<Text>, _>(value),
            Self::MaybeTexts(values) => out.push_bind_param::<Array<Nullable<Text>>, _>(values),
            Self::Hashes(values) => out.push_bind_param::<Array<Binary>, _>(values),
            Self::Times(values) => out.push_bind_param::<Array<Timestamptz>, _>(values),
            Self::MaybeTimes(values) => out.push_bind_param::<Array<Nullable<Timestamptz>>, _>(values),
        }
    }
}

impl<Row> QueryId for Statement<Row> {
    type QueryId = ();

    // The text itself is the key under which the prepared statement is found again.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Row> Query for Statement<Row> {
    type SqlType = Row;
}

impl From<i64> for Bind {
    fn from(value: i64) -> Self {
        Self::BigInt(value)
    }
}

impl From<u32> for Bind {
    fn from(value: u32) -> Self {
        Self::BigInt(value.into())
    }
}

impl From<u64> for Bind {
    /// A number beyond what PostgreSQL holds becomes the largest that it does.
    fn from(value: u64) -> Self {
        Self::BigInt(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl From<i32> for Bind {
    fn from(value: i32) -> Self {
        Self::Integer(value)
    }
}

impl From<bool> for Bind {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<Option<Timestamp>> for Bind {
    fn from(moment: Option<Timestamp>) -> Self {
        Self::MaybeTime(moment)
    }
}

impl From<UserId> for Bind {
    fn from(id: UserId) -> Self {
        Self::BigInt(id.get())
    }
}

impl From<TweetId> for Bind {
    fn from(id: TweetId) -> Self {
        Self::BigInt(id.get())
    }
}

impl From<&[MediaId]> for Bind {
    fn from(ids: &[MediaId]) -> Self {
        Self::BigInts(ids.iter().map(|id| id.get()).collect())
    }
}

impl From<Vec<i64>> for Bind {
    fn from(numbers: Vec<i64>) -> Self {
        Self::BigInts(numbers)
    }
}

impl From<Timestamp> for Bind {
    fn from(moment: Timestamp) -> Self {
        Self::Time(moment)
    }
}

impl From<&str> for Bind {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Option<&str>> for Bind {
    fn from(text: Option<&str>) -> Self {
        Self::MaybeText(text.map(str::to_owned))
    }
}

impl From<Option<String>> for Bind {
    fn from(text: Option<String>) -> Self {
        Self::MaybeText(text)
    }
}

impl From<String> for Bind {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&[Option<ImageDescription>]> for Bind {
    fn from(descriptions: &[Option<ImageDescription>]) -> Self {
        let text = |description: &Option<ImageDescription>| Some(description.as_ref()?.as_str().to_owned());
        Self::MaybeTexts(descriptions.iter().map(text).collect())
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

impl From<Option<&Variants>> for Bind {
    fn from(variants: Option<&Variants>) -> Self {
        Self::MaybeText(variants.map(ToString::to_string))
    }
}

impl From<&KeyHash> for Bind {
    fn from(hash: &KeyHash) -> Self {
        Self::Bytes(*hash.as_bytes())
    }
}

impl From<&Fingerprint> for Bind {
    fn from(fingerprint: &Fingerprint) -> Self {
        Self::Bytes(*fingerprint.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use diesel::debug_query;

    use super::*;

    #[test]
    fn parameters_are_numbered_as_they_first_appear() {
        let statement = sql::<BigInt>("SELECT :b + :a + :b, ': kept'").bind("a", 1_i64).bind("b", 2_i64);
        assert_eq!(
            debug_query::<Pg, _>(&statement).to_string(),
            "SELECT $1 + $2 + $1, ': kept' -- binds: [2, 1]"
        );
    }

    #[test]
    fn a_parameter_without_a_value_is_refused() {
        let statement = sql::<BigInt>("SELECT :missing").bind("other", 1_i64);
        let refused = diesel::query_builder::QueryFragment::<Pg>::to_sql(
            &statement,
            &mut diesel::pg::PgQueryBuilder::default(),
            &Pg,
        );
        assert!(matches!(refused, Err(DieselError::QueryBuilderError(_))), "{refused:?}");
    }
}
