//! Whether two stores hold the same.

use futures_util::StreamExt as _;
use sha2::{Digest as _, Sha256};
use tweetty_domain::Result;

use crate::{AUDIT_LOG, Rows, Source, TABLES, Table};

/// What two stores have in common in one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// Which table.
    pub table: &'static Table,
    /// How many rows, from the first, are equal.
    pub rows: u64,
    /// SHA-256 of those rows in their order.
    pub digest: [u8; 32],
    /// The place, from 1, of the first row that differs or is missing in one of them.
    pub differs_at: Option<u64>,
}

/// Compares two stores row by row. The log of `theirs` may go on where that of `ours` ends: a copy records its own
/// making there.
///
/// # Errors
/// Those of reading either.
pub async fn compare(ours: &mut dyn Source, theirs: &mut dyn Source) -> Result<Vec<Compared>> {
    let mut compared = Vec::with_capacity(TABLES.len());
    for table in TABLES {
        compared.push(compare_rows(table, ours.rows(table), theirs.rows(table)).await?);
    }
    Ok(compared)
}

async fn compare_rows(
    table: &'static Table,
    ours: Option<Rows<'_>>,
    theirs: Option<Rows<'_>>,
) -> Result<Compared> {
    let [mut ours, mut theirs] =
        [ours, theirs].map(|rows| rows.unwrap_or_else(|| futures_util::stream::empty().boxed()));
    let (mut rows, mut sum) = (0, Sha256::new());
    let differs_at = loop {
        match (ours.next().await.transpose()?, theirs.next().await.transpose()?) {
            (Some(our), Some(their)) if our == their => our.iter().for_each(|value| value.add_to(&mut sum)),
            (None, None) => break None,
            (None, Some(_)) if *table == AUDIT_LOG => break None,
            _ => break Some(rows + 1),
        }
        rows += 1;
    };
    Ok(Compared { table, rows, digest: sum.finalize().into(), differs_at })
}
