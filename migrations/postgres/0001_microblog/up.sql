-- Identities start at 1 and are never given out again. Times are kept to the millisecond.

-- The people of the company. Removing a user removes everything of theirs.
CREATE TABLE users (
    -- Who it is.
    id              BIGINT         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- The name in the API, as the user writes it.
    nickname        TEXT           NOT NULL,
    -- The same without letter case, by which it is unique.
    nickname_folded TEXT           NOT NULL UNIQUE,
    -- The first name, if the company gave one.
    first_name      TEXT,
    -- The last name, likewise.
    last_name       TEXT,
    -- All names of the user, folded by the domain: what a search looks through.
    searchable      TEXT           NOT NULL,
    -- How many follow the user; moves in the transaction of the follow.
    followers_count INTEGER        NOT NULL DEFAULT 0 CHECK (followers_count >= 0),
    -- How many the user follows, likewise.
    following_count INTEGER        NOT NULL DEFAULT 0 CHECK (following_count >= 0),
    -- When the user was added.
    created_at      TIMESTAMPTZ(3) NOT NULL
);

-- What lets a user in. The key itself is nowhere: only its SHA-256.
CREATE TABLE api_keys (
    -- SHA-256 of the key, by which it is looked up.
    hash       BYTEA          PRIMARY KEY CHECK (length(hash) = 32),
    -- Whose key it is.
    user_id    BIGINT         NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- When it was made.
    created_at TIMESTAMPTZ(3) NOT NULL,
    -- When a replaced key ends, where it was kept for a while.
    ends_at    TIMESTAMPTZ(3)
);

-- Replaces and removes the keys of one user.
CREATE INDEX api_keys_of_user ON api_keys (user_id);
-- Finds keys that have ended, for the sweeper.
CREATE INDEX api_keys_ending ON api_keys (ends_at) WHERE ends_at IS NOT NULL;

-- What people wrote.
CREATE TABLE tweets (
    -- Which tweet; a later one has a higher id.
    id         BIGINT         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- Who wrote it.
    author_id  BIGINT         NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- The text, as it was sent apart from white space around it.
    content    TEXT           NOT NULL,
    -- How many like it; moves in the transaction of the like, and orders the feed.
    like_count INTEGER        NOT NULL DEFAULT 0 CHECK (like_count >= 0),
    -- When it was published.
    created_at TIMESTAMPTZ(3) NOT NULL
);

-- The feed of few authors: the best tweets of each lie together.
CREATE INDEX tweets_of_author_by_popularity ON tweets (author_id, like_count DESC, id DESC);
-- A profile's tweets, and the feed by age.
CREATE INDEX tweets_of_author_by_age ON tweets (author_id, id DESC);
-- The feed of many authors, and of the company.
CREATE INDEX tweets_by_popularity ON tweets (like_count DESC, id DESC) INCLUDE (author_id);

-- Each like rewrites its tweet's row and two index entries; what is left behind makes every feed slower.
ALTER TABLE tweets SET (autovacuum_vacuum_scale_factor = 0.01, vacuum_index_cleanup = on);

-- Who likes what. One row a person and tweet, however often they ask.
CREATE TABLE likes (
    -- What is liked.
    tweet_id BIGINT NOT NULL REFERENCES tweets (id) ON DELETE CASCADE,
    -- Who likes it.
    user_id  BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (tweet_id, user_id)
);

-- Finds the likes of a user who is removed.
CREATE INDEX likes_of_user ON likes (user_id, tweet_id);

-- Who follows whom.
CREATE TABLE follows (
    -- Who reads.
    follower_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- Who is read.
    followee_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (follower_id, followee_id),
    CHECK (follower_id <> followee_id)
);

-- The followers of a user.
CREATE INDEX follows_of_followee ON follows (followee_id, follower_id);

-- The pictures that were uploaded; their bytes lie in the media folder.
CREATE TABLE images (
    -- The `media_id` of the API.
    id          BIGINT         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- Who uploaded it: nobody else may attach it.
    owner_id    BIGINT         NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- The file's name, 128 random bits and an ending; nobody can guess it.
    name        TEXT           NOT NULL UNIQUE,
    -- In pixels.
    width       INTEGER        NOT NULL CHECK (width > 0),
    -- In pixels.
    height      INTEGER        NOT NULL CHECK (height > 0),
    -- The size of the file.
    bytes       BIGINT         NOT NULL CHECK (bytes > 0),
    -- The tweet that shows it; empty until it is published.
    tweet_id    BIGINT         REFERENCES tweets (id) ON DELETE CASCADE,
    -- Its place among the pictures of that tweet, from 0.
    position    INTEGER        CHECK (position >= 0),
    -- When it came: one that no tweet has after a day is swept.
    uploaded_at TIMESTAMPTZ(3) NOT NULL,
    CHECK ((tweet_id IS NULL) = (position IS NULL))
);

-- Finds the pictures of a user who is removed.
CREATE INDEX images_of_owner ON images (owner_id);
-- A tweet's pictures in their order; one place holds one picture.
CREATE UNIQUE INDEX images_of_tweet ON images (tweet_id, position);
-- Finds what the sweeper may take.
CREATE INDEX images_unattached ON images (uploaded_at, id) WHERE tweet_id IS NULL;

-- What was done under an `Idempotency-Key`, written in the transaction of the write that it guards; kept 24 hours.
CREATE TABLE idempotency_keys (
    -- Whose key: the same text of another user is another key.
    user_id     BIGINT         NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- The client's text.
    key         TEXT           NOT NULL,
    -- SHA-256 of the request, so that another request under the same key is refused.
    fingerprint BYTEA          NOT NULL CHECK (length(fingerprint) = 32),
    -- The id that the first request was answered; on PostgreSQL it is empty within the transaction only.
    outcome_id  BIGINT,
    -- When it was first used.
    created_at  TIMESTAMPTZ(3) NOT NULL,
    PRIMARY KEY (user_id, key)
);

-- Finds what is older than a day, for the sweeper.
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
    -- Finds a part of a name by its trigrams; SQLite has `user_names` for that.
    EXECUTE format('CREATE INDEX users_searchable ON users USING gin (searchable %I.gin_trgm_ops)', home);
END
$$;
