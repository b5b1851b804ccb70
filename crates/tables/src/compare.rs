//! Whether two stores hold the same.

use futures_util::TryStreamExt as _;
use sha2::{Digest as _, Sha256};
use tweetty_domain::{Action, Result};

use crate::{AUDIT_LOG, Row, Rows, Source, TABLES, Table, Value, name_of};

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

/// Compares two stores row by row, but for tables of which `ours` has nothing to say. The log of `theirs` may go on where that of `ours` ends: a copy records its own
/// making there. Of a backup that is restored `ours` may go on as well: the end of a backup is recorded behind it.
///
/// # Errors
/// Those of reading either.
pub async fn compare(ours: &mut dyn Source, theirs: &mut dyn Source) -> Result<Vec<Compared>> {
    let mut compared = Vec::with_capacity(TABLES.len());
    for table in TABLES {
        if let Some(rows) = ours.rows(table) {
            compared.push(compare_rows(table, rows, theirs.rows(table)).await?);
        }
    }
    Ok(compared)
}

async fn compare_rows(table: &'static Table, ours: Rows<'_>, theirs: Option<Rows<'_>>) -> Result<Compared> {
    let [mut ours, mut theirs] = [Some(ours), theirs].map(Reader::new);
    let (mut rows, mut sum, mut bytes) = (0, Sha256::new(), Vec::new());
    let differs_at = loop {
        match (ours.next().await?, theirs.next().await?) {
            (Some(our), Some(their)) if our == their => {
                bytes.clear();
                for value in &our {
                    value.write(&mut bytes);
                }
                sum.update(&bytes);
            }
            (None, None) => break None,
            (None, Some(_)) if *table == AUDIT_LOG => break None,
            (Some(_), Some(their)) if *table == AUDIT_LOG && is_of_its_making(&their) => break None,
            _ => break Some(rows + 1),
        }
        rows += 1;
    };
    Ok(Compared { table, rows, digest: sum.finalize().into(), differs_at })
}

/// Whether that row of a log says how its store was made out of another.
fn is_of_its_making(row: &Row) -> bool {
    let mut values = AUDIT_LOG.columns.iter().zip(row);
    let action = values.find(|(column, _)| column.name == "action").map(|(_, value)| value);
    [Action::Copy, Action::Restore].iter().any(|making| action == Some(&Value::from(name_of(making))))
}

/// Takes rows one by one out of their pages.
struct Reader<'a> {
    pages: Option<Rows<'a>>,
    page: std::vec::IntoIter<Row>,
}

impl<'a> Reader<'a> {
    fn new(pages: Option<Rows<'a>>) -> Self {
        Self { pages, page: Vec::new().into_iter() }
    }

    async fn next(&mut self) -> Result<Option<Row>> {
        loop {
            if let Some(row) = self.page.next() {
                return Ok(Some(row));
            }
            let Some(pages) = &mut self.pages else { return Ok(None) };
            match pages.try_next().await? {
                Some(page) => self.page = page.into_iter(),
                None => self.pages = None,
            }
        }
    }
}
