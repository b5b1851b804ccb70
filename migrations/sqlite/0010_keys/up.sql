-- Keys get an id, by which their holders and operators name them, a label, and the day on which they were last used, as the
-- beginning of that day; it is written at most once a day.
CREATE TEMP TABLE earlier_keys AS
SELECT hash, user_id, created_at, ends_at
FROM api_keys;

DROP TABLE api_keys;

CREATE TABLE api_keys (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    hash         BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32),
    user_id      INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at   INTEGER NOT NULL,
    ends_at      INTEGER,
    label        TEXT,
    last_used_on INTEGER
) STRICT;

CREATE INDEX api_keys_of_user ON api_keys (user_id);
CREATE INDEX api_keys_ending ON api_keys (ends_at) WHERE ends_at IS NOT NULL;

INSERT INTO api_keys (hash, user_id, created_at, ends_at)
SELECT hash, user_id, created_at, ends_at
FROM earlier_keys
ORDER BY created_at, user_id;

DROP TABLE earlier_keys;
