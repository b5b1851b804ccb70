-- What searches look through stays folded as it is: an earlier version finds by it whom it found before, but for accents.
DROP INDEX users_searchable;

DO $$
DECLARE
    home NAME := (
        SELECT nspname
        FROM pg_extension
        JOIN pg_namespace ON pg_namespace.oid = extnamespace
        WHERE extname = 'pg_trgm'
    );
BEGIN
    -- Finds a part of a name by its trigrams; SQLite has `user_names` for that.
    EXECUTE format('CREATE INDEX users_searchable ON users USING gin (searchable %I.gin_trgm_ops)', home);
END
$$;
