-- What a user may do beyond what everybody may.
ALTER TABLE users ADD COLUMN role TEXT NOT NULL DEFAULT 'member' CHECK (role IN ('member', 'moderator', 'communicator'));

-- The user who did it through the API; none where an operator did.
ALTER TABLE audit_log ADD COLUMN by_user_id INTEGER;

-- Tweets that a moderator or an operator removed, for their authors to read why. Kept for 30 days.
CREATE TABLE removals (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    author_id  INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    tweet_id   INTEGER NOT NULL,
    content    TEXT    NOT NULL,
    reason     TEXT    NOT NULL,
    removed_at INTEGER NOT NULL
) STRICT;

CREATE INDEX removals_of_author ON removals (author_id, id DESC);
CREATE INDEX removals_by_age ON removals (removed_at);
