-- Tweets that everybody is shown first, until a time. The page of a feed derives them: there is no row a person.
CREATE TABLE announcements (
    -- Which announcement; a later one has a higher id.
    id          BIGINT         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- What is announced.
    tweet_id    BIGINT         NOT NULL REFERENCES tweets (id) ON DELETE CASCADE,
    -- From when on it is an announcement no longer; it is swept a while later.
    ends_at     TIMESTAMPTZ(3) NOT NULL,
    -- 1 where people are asked to say that they have read it, else 0.
    acknowledge SMALLINT       NOT NULL CHECK (acknowledge IN (0, 1)),
    -- When it was made.
    created_at  TIMESTAMPTZ(3) NOT NULL
);

-- Finds the announcements of a tweet.
CREATE INDEX announcements_of_tweet ON announcements (tweet_id);
-- Finds what stands now, and what has ended, for the sweeper.
CREATE INDEX announcements_ending ON announcements (ends_at);

-- Who has said that they have read an announcement. One row a person and announcement, however often they say so.
CREATE TABLE acknowledgements (
    -- What they have read.
    announcement_id BIGINT         NOT NULL REFERENCES announcements (id) ON DELETE CASCADE,
    -- Who.
    user_id         BIGINT         NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- When they said so.
    at              TIMESTAMPTZ(3) NOT NULL,
    PRIMARY KEY (announcement_id, user_id)
);

-- Finds what a user has said, to export it and to remove it with them.
CREATE INDEX acknowledgements_of_user ON acknowledgements (user_id, announcement_id);
