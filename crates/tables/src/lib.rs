//! A whole store as the rows of its tables, for what copies, compares, fills or clears all of it.
//!
//! [`TABLES`] is the only list of tables and columns. Stores, copies and comparisons derive from it; a test of each
//! store holds it against the schema that the migrations make. A new table is one entry.

mod company;
mod compare;
mod log;
mod person;
mod recorded;
mod row;
mod schema;
mod table;
mod whole;

pub use company::{Company, CompanyFollow, CompanyLike, CompanyTweet, CompanyUser, Invented};
pub use compare::{Compared, compare};
pub use log::{action_of, by_of, columns_of, log_row, name_of};
pub use person::user_row;
pub use recorded::Recorded;
pub use row::{Row, Value};
pub use schema::{Difference, SchemaDifference, refuse_foreign};
pub use table::{AUDIT_LOG, Column, Export, FIRST, Kind, STORE_IDENTITY, TABLES, Table};
pub use whole::{Rows, Source, WholeStore};
