ALTER TABLE users
    -- What the user signs in with elsewhere, such as a directory's userPrincipalName, as the company writes it.
    ADD COLUMN login TEXT,
    -- The same without letter case, by which it is unique.
    ADD COLUMN login_folded TEXT,
    -- The address for e-mail; several may share one.
    ADD COLUMN email TEXT,
    -- The same without letter case, by which it is looked for.
    ADD COLUMN email_folded TEXT,
    -- What another program calls the user, such as a personnel number; letter case counts.
    ADD COLUMN external_id TEXT,
    -- The job title.
    ADD COLUMN title TEXT,
    -- The department.
    ADD COLUMN department TEXT,
    -- The list or directory that decides about the user; empty where only operators do.
    ADD COLUMN managed_by TEXT,
    -- Since when the user is deactivated; empty while active.
    ADD COLUMN deactivated_at TIMESTAMPTZ(3);

-- A login is that of one user.
CREATE UNIQUE INDEX users_login ON users (login_folded) WHERE login_folded IS NOT NULL;
-- An external id is that of one user.
CREATE UNIQUE INDEX users_external_id ON users (external_id) WHERE external_id IS NOT NULL;
-- Finds users by their addresses.
CREATE INDEX users_email ON users (email_folded) WHERE email_folded IS NOT NULL;
