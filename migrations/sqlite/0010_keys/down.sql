CREATE TEMP TABLE later_keys AS
SELECT hash, user_id, created_at, ends_at
FROM api_keys;

DROP TABLE api_keys;

CREATE TABLE api_keys (
    hash       BLOB    NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    ends_at    INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX api_keys_of_user ON api_keys (user_id);
CREATE INDEX api_keys_ending ON api_keys (ends_at) WHERE ends_at IS NOT NULL;

INSERT INTO api_keys (hash, user_id, created_at, ends_at)
SELECT hash, user_id, created_at, ends_at
FROM later_keys;

DROP TABLE later_keys;
