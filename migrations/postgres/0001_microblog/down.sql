-- The extension stays: others may use it.
DROP TABLE idempotency_keys;
DROP TABLE images;
DROP TABLE follows;
DROP TABLE likes;
DROP TABLE tweets;
DROP TABLE api_keys;
DROP TABLE users;
