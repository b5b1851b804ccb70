DROP TRIGGER user_names_after_update;
-- Keeps the full-text index true.
CREATE TRIGGER user_names_after_update AFTER UPDATE OF searchable ON users BEGIN
    INSERT INTO user_names (user_names, rowid, searchable) VALUES ('delete', old.id, old.searchable);
    INSERT INTO user_names (rowid, searchable) VALUES (new.id, new.searchable);
END;

DROP INDEX users_email;
DROP INDEX users_external_id;
DROP INDEX users_login;

ALTER TABLE users DROP COLUMN deactivated_at;
ALTER TABLE users DROP COLUMN managed_by;
ALTER TABLE users DROP COLUMN department;
ALTER TABLE users DROP COLUMN title;
ALTER TABLE users DROP COLUMN external_id;
ALTER TABLE users DROP COLUMN email_folded;
ALTER TABLE users DROP COLUMN email;
ALTER TABLE users DROP COLUMN login_folded;
ALTER TABLE users DROP COLUMN login;
