//! How a database's schema differs from the one that the migrations make.

use tokio_postgres::Client;
use tweetty_domain::Result;
use tweetty_tables::{Column, Difference, Kind, SchemaDifference, TABLES};

use crate::failure::failed;

/// Extensions that every database of ours has.
const EXTENSIONS: [&str; 2] = ["plpgsql", "pg_trgm"];

/// The columns of our tables: table, column, type, whether it must hold something, whether the database gives out its
/// values, whether it is computed or gets a value that the migrations don't give it.
const COLUMNS: &str = "
    SELECT CAST(relname AS text), CAST(attname AS text), format_type(atttypid, NULL), attnotnull, attidentity = 'a',
           attgenerated <> '' OR COALESCE(pg_get_expr(adbin, adrelid), '0') NOT IN ('0', '''member''::text')
    FROM pg_class
    JOIN pg_attribute ON attrelid = pg_class.oid
    LEFT JOIN pg_attrdef ON adrelid = pg_class.oid AND adnum = attnum
    WHERE pg_class.oid = ANY (SELECT to_regclass(name) FROM unnest(CAST($1 AS text[])) AS name)
      AND attnum > 0
      AND NOT attisdropped";

/// What is there besides: what it is, and whether it is harmless. What belongs to an extension is named by that one.
const OBJECTS: &str = "
    WITH tables AS (
        SELECT CAST(to_regclass(name) AS oid) AS oid, name
        FROM unnest(CAST($1 AS text[])) AS name
        WHERE to_regclass(name) IS NOT NULL
    ), members AS (
        SELECT classid, objid
        FROM pg_depend
        WHERE deptype = 'e'
    ), depending AS (
        SELECT CAST('pg_attrdef' AS regclass) AS classid, oid FROM pg_attrdef WHERE adrelid IN (SELECT oid FROM tables)
        UNION ALL
        SELECT CAST('pg_constraint' AS regclass), oid FROM pg_constraint WHERE conrelid IN (SELECT oid FROM tables)
        UNION ALL
        SELECT CAST('pg_class' AS regclass), indexrelid FROM pg_index WHERE indrelid IN (SELECT oid FROM tables)
    )
    SELECT CASE relkind WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view ' WHEN 'S' THEN 'sequence ' ELSE 'table ' END
               || CAST(pg_class.oid AS regclass),
           relkind = 'S'
    FROM pg_class
    WHERE (relnamespace = CAST(current_schema() AS regnamespace)
           OR pg_class.oid IN (SELECT inhrelid FROM pg_inherits JOIN tables ON tables.oid = inhparent))
      AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
      AND pg_class.oid NOT IN (SELECT oid FROM tables)
      AND relname <> '__diesel_schema_migrations'
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND refobjid IN (SELECT oid FROM tables)
                                              AND deptype = 'i')
      AND (CAST('pg_class' AS regclass), pg_class.oid) NOT IN (SELECT classid, objid FROM members)
    UNION ALL
    SELECT 'trigger ' || tgname || ' on ' || CAST(tgrelid AS regclass), false
    FROM pg_trigger
    JOIN tables ON tables.oid = tgrelid
    WHERE NOT tgisinternal
    UNION ALL
    SELECT 'rule ' || rulename || ' on ' || name, false
    FROM pg_rewrite
    JOIN tables ON tables.oid = ev_class
    UNION ALL
    SELECT 'policy ' || polname || ' on ' || name, false
    FROM pg_policy
    JOIN tables ON tables.oid = polrelid
    UNION ALL
    SELECT 'row security on ' || name, false
    FROM pg_class
    JOIN tables USING (oid)
    WHERE relrowsecurity OR relforcerowsecurity
    UNION ALL
    SELECT 'event trigger ' || evtname, false
    FROM pg_event_trigger
    WHERE (CAST('pg_event_trigger' AS regclass), oid) NOT IN (SELECT classid, objid FROM members)
    UNION ALL
    SELECT 'function ' || CAST(pg_proc.oid AS regprocedure), false
    FROM pg_proc
    WHERE (pronamespace = CAST(current_schema() AS regnamespace)
           OR pg_proc.oid IN (SELECT refobjid FROM pg_depend JOIN depending ON depending.classid = pg_depend.classid
                                                                          AND depending.oid = objid
                              WHERE refclassid = CAST('pg_proc' AS regclass)))
      AND pronamespace <> CAST('pg_catalog' AS regnamespace)
      AND (CAST('pg_proc' AS regclass), pg_proc.oid) NOT IN (SELECT classid, objid FROM members)
    UNION ALL
    SELECT 'index ' || relname || ' on ' || name, true
    FROM pg_index
    JOIN tables ON tables.oid = indrelid
    JOIN pg_class ON pg_class.oid = indexrelid
    WHERE relname <> ALL (CAST($2 AS text[]))
      AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
    UNION ALL
    SELECT 'extension ' || extname, true
    FROM pg_extension
    WHERE extname <> ALL (CAST($3 AS text[]))
    ORDER BY 1";

/// Compares the database of a migrated store with the list of tables.
pub(crate) async fn schema_differences(client: &Client) -> Result<Vec<SchemaDifference>> {
    let mut differences = changed_columns(client).await?;
    let names = TABLES.iter().map(|table| table.name).collect::<Vec<_>>();
    let indexes = TABLES.iter().flat_map(|table| table.indexes).copied().collect::<Vec<_>>();
    let extensions = EXTENSIONS.as_slice();
    let objects = client.query(OBJECTS, &[&names, &indexes, &extensions]).await.map_err(failed)?;
    differences.extend(objects.iter().map(|row| SchemaDifference {
        how: Difference::Unknown,
        what: row.get(0),
        harmless: row.get(1),
    }));
    Ok(differences)
}

async fn changed_columns(client: &Client) -> Result<Vec<SchemaDifference>> {
    let names = TABLES.iter().map(|table| table.name).collect::<Vec<_>>();
    let rows = client.query(COLUMNS, &[&names]).await.map_err(failed)?;
    let mut found = rows
        .iter()
        .map(|row| {
            let [table, column, kind] = [0, 1, 2].map(|place| row.get::<_, &str>(place));
            let [not_null, identity, computed] = [3, 4, 5].map(|place| row.get::<_, bool>(place));
            ((table, column), (kind, not_null, identity, computed))
        })
        .collect::<std::collections::BTreeMap<_, _>>();
    let mut differences = Vec::new();
    let mut differs = |how, (table, column): (&str, &str)| {
        let what = format!("column {table}.{column}");
        differences.push(SchemaDifference { how, what, harmless: false });
    };
    for table in TABLES {
        for column in table.columns {
            let name = (table.name, column.name);
            match found.remove(&name) {
                None => differs(Difference::Missing, name),
                Some(found) if !is_expected(column, found) => differs(Difference::Changed, name),
                Some(_) => {}
            }
        }
    }
    for name in found.into_keys() {
        differs(Difference::Unknown, name);
    }
    Ok(differences)
}

fn is_expected(column: &Column, (kind, not_null, identity, computed): (&str, bool, bool, bool)) -> bool {
    let kinds: &[&str] = match column.kind {
        Kind::Id => &["bigint"],
        Kind::Integer => &["smallint", "integer", "bigint"],
        Kind::Text => &["text"],
        Kind::Bytes => &["bytea"],
        Kind::Time => &["timestamp with time zone"],
    };
    kinds.contains(&kind) && not_null != column.nullable && identity == (column.kind == Kind::Id) && !computed
}
