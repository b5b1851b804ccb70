DROP TABLE user_names;
DROP TABLE idempotency_keys;
DROP TABLE images;
DROP TABLE follows;
DROP TABLE likes;
DROP TABLE tweets;
DROP TABLE api_keys;
-- Dropping the users would first delete them row by row, and their triggers write to what is gone.
DROP TRIGGER user_names_after_insert;
DROP TRIGGER user_names_after_update;
DROP TRIGGER user_names_after_delete;
DROP TABLE users;
