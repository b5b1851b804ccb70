-- The database of the server from which companies come, as its own statements make it.
CREATE TABLE "user" (
    id         SERIAL PRIMARY KEY,
    nickname   VARCHAR(20)  NOT NULL UNIQUE CHECK (length(nickname) >= 5),
    first_name VARCHAR(100),
    last_name  VARCHAR(100),
    api_key    VARCHAR(256) NOT NULL UNIQUE CHECK (length(api_key) >= 30)
);
CREATE TABLE follower (
    id          SERIAL PRIMARY KEY,
    user_id     INTEGER NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    follower_id INTEGER NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    UNIQUE (user_id, follower_id),
    CHECK (user_id <> follower_id)
);
CREATE TABLE tweet (
    id        SERIAL PRIMARY KEY,
    content   VARCHAR(280) NOT NULL,
    posted_at TIMESTAMP NOT NULL DEFAULT now(),
    user_id   INTEGER NOT NULL REFERENCES "user" (id) ON DELETE CASCADE
);
CREATE TABLE "like" (
    id       SERIAL PRIMARY KEY,
    tweet_id INTEGER NOT NULL REFERENCES tweet (id) ON DELETE CASCADE,
    user_id  INTEGER NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    UNIQUE (tweet_id, user_id)
);
CREATE TABLE tweet_media (
    id          SERIAL PRIMARY KEY,
    rel_uri     VARCHAR NOT NULL,
    uploaded_at TIMESTAMP NOT NULL DEFAULT now(),
    tweet_id    INTEGER REFERENCES tweet (id) ON DELETE CASCADE
);

INSERT INTO "user" (id, nickname, first_name, last_name, api_key) VALUES
    (1, 'tester', 'Test', NULL, repeat('t', 30)),
    (2, 'annie', 'Anna', 'Ёлкина', repeat('a', 30)),
    (4, 'ANNIE', NULL, NULL, repeat('A', 30)),
    (5, 'боб_б', 'Боб', '', repeat('b', 30)),
    (7, E'line\nbreak', E'x\u0007', NULL, repeat('ключ', 10));
INSERT INTO follower (user_id, follower_id) VALUES (2, 1), (2, 4), (2, 5), (1, 2);
INSERT INTO tweet (id, content, posted_at, user_id) VALUES
    (3, 'first', '2023-06-01 12:00:00.123987', 2),
    (4, E'second\n  kept as it is ', '2023-12-01 12:00:00', 2),
    (9, '', '2024-01-01 00:30:00', 5);
INSERT INTO "like" (tweet_id, user_id) VALUES (3, 1), (3, 2), (4, 5);
INSERT INTO tweet_media (id, rel_uri, uploaded_at, tweet_id) VALUES
    (1, 'upload/annie/medias/gone.png', '2023-06-01 11:00:00', 3),
    (2, 'upload/annie/medias/one.png', '2023-06-01 11:00:01', 3),
    (3, 'upload/annie/medias/text.txt', '2023-06-01 11:00:02', 3),
    (6, 'upload/annie/medias/two.png', '2023-06-01 11:00:03', 3),
    (7, 'upload/tester/medias/draft.png', '2024-01-02 00:00:00', NULL),
    (8, 'upload/nobody/medias/lost.png', '2024-01-02 00:00:00', NULL),
    (9, '../secret.png', '2024-01-02 00:00:00', 4);
SELECT setval('user_id_seq', 12), setval('tweet_id_seq', 20), setval('tweet_media_id_seq', 9);
