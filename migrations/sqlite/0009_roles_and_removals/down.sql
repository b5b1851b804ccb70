DROP TABLE removals;

ALTER TABLE audit_log DROP COLUMN by_user_id;

ALTER TABLE users DROP COLUMN role;
