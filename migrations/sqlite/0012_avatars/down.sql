DROP INDEX users_avatar;

ALTER TABLE users DROP COLUMN avatar;
