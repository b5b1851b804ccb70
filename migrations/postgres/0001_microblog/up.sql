-- Identities start at 1 and are never given out again. Times are kept to the millisecond.

CREATE TABLE users (
    id              BIGINT         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    nickname        TEXT           NOT NULL,
    nickname_folded TEXT           NOT NULL UNIQUE,
    first_name      TEXT,
    last_name       TEXT,
    searchable      TEXT           NOT NULL,
    followers_count INTEGER        NOT NULL DEFAULT 0 CHECK (followers_count >= 0),
    following_count INTEGER        NOT NULL DEFAULT 0 CHECK (following_count >= 0),
    created_at      TIMESTAMPTZ(3) NOT NULL
);

CREATE TABLE api_keys (
    hash       BYTEA          PRIMARY KEY CHECK (length(hash) = 32),
    user_id    BIGINT         NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at TIMESTAMPTZ(3) NOT NULL,
    ends_at    TIMESTAMPTZ(3)
);

CREATE INDEX api_keys_of_user ON api_keys (user_id);
CREATE INDEX api_keys_ending ON api_keys (ends_at) WHERE ends_at IS NOT NULL;

CREATE TABLE tweets (
    id         BIGINT         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    author_id  BIGINT         NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    content    TEXT           NOT NULL,
    like_count INTEGER        NOT NULL DEFAULT 0 CHECK (like_count >= 0),
    created_at TIMESTAMPTZ(3) NOT NULL
);

-- The feed of few authors: each author's best tweets lie together.
CREATE INDEX tweets_of_author_by_popularity ON tweets (author_id, like_count DESC, id DESC);
CREATE INDEX tweets_of_author_by_age ON tweets (author_id, id DESC);
-- The feed of many authors and of the company: the best tweets of all lie together.
CREATE INDEX tweets_by_popularity ON tweets (like_count DESC, id DESC) INCLUDE (author_id);

-- Each like rewrites its tweet's row and two index entries; what is left behind makes every feed slower.
ALTER TABLE tweets SET (autovacuum_vacuum_scale_factor = 0.01, vacuum_index_cleanup = on);

CREATE TABLE likes (
    tweet_id BIGINT NOT NULL REFERENCES tweets (id) ON DELETE CASCADE,
    user_id  BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (tweet_id, user_id)
);

CREATE INDEX likes_of_user ON likes (user_id, tweet_id);

CREATE TABLE follows (
    follower_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    followee_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (follower_id, followee_id),
    CHECK (follower_id <> followee_id)
);

CREATE INDEX follows_of_followee ON follows (followee_id, follower_id);

CREATE TABLE images (
    id          BIGINT         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner_id    BIGINT         NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name        TEXT           NOT NULL UNIQUE,
    width       INTEGER        NOT NULL CHECK (width > 0),
    height      INTEGER        NOT NULL CHECK (height > 0),
    bytes       BIGINT         NOT NULL CHECK (bytes > 0),
    tweet_id    BIGINT         REFERENCES tweets (id) ON DELETE CASCADE,
    position    INTEGER        CHECK (position >= 0),
    uploaded_at TIMESTAMPTZ(3) NOT NULL,
    CHECK ((tweet_id IS NULL) = (position IS NULL))
);

CREATE INDEX images_of_owner ON images (owner_id);
CREATE UNIQUE INDEX images_of_tweet ON images (tweet_id, position);
CREATE INDEX images_unattached ON images (uploaded_at, id) WHERE tweet_id IS NULL;

-- The outcome is empty only within the transaction that guards itself.
CREATE TABLE idempotency_keys (
    user_id     BIGINT         NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    key         TEXT           NOT NULL,
    fingerprint BYTEA          NOT NULL CHECK (length(fingerprint) = 32),
    outcome_id  BIGINT,
    created_at  TIMESTAMPTZ(3) NOT NULL,
    PRIMARY KEY (user_id, key)
);

CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

-- Finds parts of 3 or more characters in names. The extension may have been installed in another schema before.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

DO $$
DECLARE
    home NAME := (
        SELECT nspname
        FROM pg_extension
        JOIN pg_namespace ON pg_namespace.oid = extnamespace
        WHERE extname = 'pg_trgm'
    );
BEGIN
    EXECUTE format('CREATE INDEX users_searchable ON users USING gin (searchable %I.gin_trgm_ops)', home);
END
$$;
