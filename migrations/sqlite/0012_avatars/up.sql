-- The user's avatar: the name of its large file, after which the small one is named.
ALTER TABLE users ADD COLUMN avatar TEXT;

CREATE UNIQUE INDEX users_avatar ON users (avatar) WHERE avatar IS NOT NULL;
