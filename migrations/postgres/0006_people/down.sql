DROP INDEX users_email;
DROP INDEX users_external_id;
DROP INDEX users_login;

ALTER TABLE users
    DROP COLUMN deactivated_at,
    DROP COLUMN managed_by,
    DROP COLUMN department,
    DROP COLUMN title,
    DROP COLUMN external_id,
    DROP COLUMN email_folded,
    DROP COLUMN email,
    DROP COLUMN login_folded,
    DROP COLUMN login;
