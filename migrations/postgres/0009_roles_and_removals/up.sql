ALTER TABLE users
    -- What the user may do beyond what everybody may: a moderator removes tweets, a communicator makes announcements.
    ADD COLUMN role TEXT NOT NULL DEFAULT 'member' CHECK (role IN ('member', 'moderator', 'communicator'));

ALTER TABLE audit_log
    -- The user who did it through the API; empty where an operator did. No foreign key, since the record outlives the user.
    ADD COLUMN by_user_id BIGINT;

-- Tweets that a moderator or an operator removed, for their authors to read why. Kept for 30 days.
CREATE TABLE removals (
    -- Which removal; a later one has a higher id.
    id         BIGINT         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- Who wrote the tweet.
    author_id  BIGINT         NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- The tweet that is gone.
    tweet_id   BIGINT         NOT NULL,
    -- What it said.
    content    TEXT           NOT NULL,
    -- Why it was removed, in the words of the one who did it.
    reason     TEXT           NOT NULL,
    -- When.
    removed_at TIMESTAMPTZ(3) NOT NULL
);

-- Lists what was removed of an author, the latest first.
CREATE INDEX removals_of_author ON removals (author_id, id DESC);
-- Finds those that are old enough to be forgotten.
CREATE INDEX removals_by_age ON removals (removed_at);
