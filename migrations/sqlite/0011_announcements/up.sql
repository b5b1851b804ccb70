CREATE TABLE announcements (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    tweet_id    INTEGER NOT NULL REFERENCES tweets (id) ON DELETE CASCADE,
    ends_at     INTEGER NOT NULL,
    acknowledge INTEGER NOT NULL CHECK (acknowledge IN (0, 1)),
    created_at  INTEGER NOT NULL
) STRICT;

CREATE INDEX announcements_of_tweet ON announcements (tweet_id);
-- Finds what stands now, and what has ended, for the sweeper.
CREATE INDEX announcements_ending ON announcements (ends_at);

CREATE TABLE acknowledgements (
    announcement_id INTEGER NOT NULL REFERENCES announcements (id) ON DELETE CASCADE,
    user_id         INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    at              INTEGER NOT NULL,
    PRIMARY KEY (announcement_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX acknowledgements_of_user ON acknowledgements (user_id, announcement_id);
