-- Times are milliseconds since 1970 in UTC. AUTOINCREMENT: the id of something deleted is never given out again.

CREATE TABLE users (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    nickname        TEXT    NOT NULL,
    nickname_folded TEXT    NOT NULL UNIQUE,
    first_name      TEXT,
    last_name       TEXT,
    searchable      TEXT    NOT NULL,
    followers_count INTEGER NOT NULL DEFAULT 0 CHECK (followers_count >= 0),
    following_count INTEGER NOT NULL DEFAULT 0 CHECK (following_count >= 0),
    created_at      INTEGER NOT NULL
) STRICT;

CREATE TABLE api_keys (
    hash       BLOB    NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    ends_at    INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX api_keys_of_user ON api_keys (user_id);
CREATE INDEX api_keys_ending ON api_keys (ends_at) WHERE ends_at IS NOT NULL;

CREATE TABLE tweets (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    author_id  INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    content    TEXT    NOT NULL,
    like_count INTEGER NOT NULL DEFAULT 0 CHECK (like_count >= 0),
    created_at INTEGER NOT NULL
) STRICT;

-- The feed of few authors: each author's best tweets lie together.
CREATE INDEX tweets_of_author_by_popularity ON tweets (author_id, like_count DESC, id DESC);
CREATE INDEX tweets_of_author_by_age ON tweets (author_id, id DESC);
-- The feed of many authors and of the company: the best tweets of all lie together.
CREATE INDEX tweets_by_popularity ON tweets (like_count DESC, id DESC, author_id);

CREATE TABLE likes (
    tweet_id INTEGER NOT NULL REFERENCES tweets (id) ON DELETE CASCADE,
    user_id  INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (tweet_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX likes_of_user ON likes (user_id, tweet_id);

CREATE TABLE follows (
    follower_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    followee_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (follower_id, followee_id),
    CHECK (follower_id <> followee_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX follows_of_followee ON follows (followee_id, follower_id);

CREATE TABLE images (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    owner_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name        TEXT    NOT NULL UNIQUE,
    width       INTEGER NOT NULL CHECK (width > 0),
    height      INTEGER NOT NULL CHECK (height > 0),
    bytes       INTEGER NOT NULL CHECK (bytes > 0),
    tweet_id    INTEGER REFERENCES tweets (id) ON DELETE CASCADE,
    position    INTEGER CHECK (position >= 0),
    uploaded_at INTEGER NOT NULL,
    CHECK ((tweet_id IS NULL) = (position IS NULL))
) STRICT;

CREATE INDEX images_of_owner ON images (owner_id);
CREATE UNIQUE INDEX images_of_tweet ON images (tweet_id, position);
CREATE INDEX images_unattached ON images (uploaded_at, id) WHERE tweet_id IS NULL;

CREATE TABLE idempotency_keys (
    user_id     INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    key         TEXT    NOT NULL,
    fingerprint BLOB    NOT NULL CHECK (length(fingerprint) = 32),
    outcome_id  INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (user_id, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

-- Full-text index over `users.searchable` by trigrams. The texts are folded already, so letter case is compared as it is.
CREATE VIRTUAL TABLE user_names USING fts5 (
    searchable,
    content = 'users',
    content_rowid = 'id',
    tokenize = 'trigram case_sensitive 1'
);

-- Keeps the full-text index true.
CREATE TRIGGER user_names_after_insert AFTER INSERT ON users BEGIN
    INSERT INTO user_names (rowid, searchable) VALUES (new.id, new.searchable);
END;

-- Keeps the full-text index true.
CREATE TRIGGER user_names_after_delete AFTER DELETE ON users BEGIN
    INSERT INTO user_names (user_names, rowid, searchable) VALUES ('delete', old.id, old.searchable);
END;

-- Keeps the full-text index true.
CREATE TRIGGER user_names_after_update AFTER UPDATE OF searchable ON users BEGIN
    INSERT INTO user_names (user_names, rowid, searchable) VALUES ('delete', old.id, old.searchable);
    INSERT INTO user_names (rowid, searchable) VALUES (new.id, new.searchable);
END;
