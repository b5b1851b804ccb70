//! What the role of the URL may do, where it is not the owner of the tables.

use tokio_postgres::Client;
use tweetty_domain::{Error, Result};
use tweetty_tables::TABLES;

use crate::failure::{OWNER, failed};

/// Asks whether tables may be made, and those of ours that there are be changed.
pub(crate) fn may_change() -> String {
    let names = TABLES.iter().map(|table| format!("'{}'", table.name)).collect::<Vec<_>>().join(", ");
    format!(
        "SELECT COALESCE(has_schema_privilege(current_schema(), 'CREATE'), false)
            AND NOT EXISTS (
                SELECT
                FROM pg_class
                JOIN pg_namespace ON pg_namespace.oid = relnamespace
                WHERE nspname = current_schema()
                  AND relname IN ({names}, '__diesel_schema_migrations')
                  AND NOT pg_has_role(relowner, 'USAGE')
            ) AS may_change"
    )
}

/// A table or sequence that a dump would have to read and can't; those of extensions aren't dumped.
const UNREADABLE: &str = "
    SELECT CAST(CAST(pg_class.oid AS regclass) AS text)
    FROM pg_class
    JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relkind IN ('r', 'p', 'S')
      AND nspname <> 'information_schema'
      AND nspname NOT LIKE 'pg\\_%'
      AND NOT CASE relkind
                  WHEN 'S' THEN has_sequence_privilege(pg_class.oid, 'SELECT')
                  ELSE has_table_privilege(pg_class.oid, 'SELECT')
              END
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
    ORDER BY relkind, pg_class.oid
    LIMIT 1";

/// Refuses a role that may not change the tables.
pub(crate) async fn refuse_another_than_the_owner(client: &Client) -> Result<()> {
    if client.query_one(&may_change(), &[]).await.map_err(failed)?.get(0) {
        return Ok(());
    }
    Err(Error::internal(format!("this role may not make or change the tables; {OWNER}")))
}

/// Refuses a role that can't read everything.
pub(crate) async fn refuse_a_reader_of_less_than_all(client: &Client) -> Result<()> {
    let Some(row) = client.query_opt(UNREADABLE, &[]).await.map_err(failed)? else { return Ok(()) };
    Err(Error::internal(format!(
        "this role may not read {}, which belongs to a backup; GRANT SELECT ON ALL TABLES and ON ALL SEQUENCES of its \
         schema to it, or {OWNER}",
        row.get::<_, &str>(0)
    )))
}
