ALTER TABLE users
    -- The user's avatar: the name of its large file, after which the small one is named; empty where there is none.
    ADD COLUMN avatar TEXT;

-- Finds whose avatar a file is, and keeps it from being another user's, too.
CREATE UNIQUE INDEX users_avatar ON users (avatar) WHERE avatar IS NOT NULL;
