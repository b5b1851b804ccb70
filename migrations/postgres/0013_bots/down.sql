DROP INDEX users_of_owner;

ALTER TABLE users DROP COLUMN owner_id;
