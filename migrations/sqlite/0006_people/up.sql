-- What the company's directory and list of people say of a user besides names; all of it may be missing.
ALTER TABLE users ADD COLUMN login TEXT;
ALTER TABLE users ADD COLUMN login_folded TEXT;
ALTER TABLE users ADD COLUMN email TEXT;
ALTER TABLE users ADD COLUMN email_folded TEXT;
ALTER TABLE users ADD COLUMN external_id TEXT;
ALTER TABLE users ADD COLUMN title TEXT;
ALTER TABLE users ADD COLUMN department TEXT;
ALTER TABLE users ADD COLUMN managed_by TEXT;
ALTER TABLE users ADD COLUMN deactivated_at INTEGER;

CREATE UNIQUE INDEX users_login ON users (login_folded) WHERE login_folded IS NOT NULL;
CREATE UNIQUE INDEX users_external_id ON users (external_id) WHERE external_id IS NOT NULL;
CREATE INDEX users_email ON users (email_folded) WHERE email_folded IS NOT NULL;

-- Keeps the full-text index true, and leaves it alone where other columns change: that costs more than all the rest.
DROP TRIGGER user_names_after_update;
CREATE TRIGGER user_names_after_update AFTER UPDATE OF searchable ON users WHEN new.searchable <> old.searchable BEGIN
    INSERT INTO user_names (user_names, rowid, searchable) VALUES ('delete', old.id, old.searchable);
    INSERT INTO user_names (rowid, searchable) VALUES (new.id, new.searchable);
END;
