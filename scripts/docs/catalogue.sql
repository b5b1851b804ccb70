-- The schema of a PostgreSQL database as one JSON document, for schema.py.
SELECT json_build_object(
    'columns', (
        SELECT json_agg(json_build_object(
            'table', relname,
            'name', attname,
            'type', format_type(atttypid, atttypmod),
            'required', attnotnull
        ) ORDER BY relname, attnum)
        FROM pg_attribute
        JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace
          AND relkind IN ('r', 'p')
          AND attnum > 0
          AND NOT attisdropped
    ),
    'constraints', (
        SELECT json_agg(json_build_object(
            'table', conrelid::regclass::text,
            'kind', contype,
            'definition', pg_get_constraintdef(pg_constraint.oid)
        ) ORDER BY conrelid::regclass::text, contype, conname)
        FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
          AND conrelid <> 0
          AND contype IN ('p', 'u', 'f', 'c')
    ),
    'indexes', (
        SELECT json_agg(json_build_object(
            'table', tablename,
            'name', indexname,
            'definition', indexdef
        ) ORDER BY tablename, indexname)
        FROM pg_indexes
        WHERE schemaname = 'public'
          AND indexname NOT IN (SELECT conname FROM pg_constraint WHERE contype IN ('p', 'u'))
    )
)
