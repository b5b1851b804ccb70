-- What operators did. No foreign key and no names: a record outlives the user that it is about, and tells nothing of
-- her then.
CREATE TABLE audit_log (
    id        BIGINT         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at        TIMESTAMPTZ(3) NOT NULL,
    os_user   TEXT           NOT NULL,
    sudo_user TEXT,
    action    TEXT           NOT NULL,
    user_id   BIGINT,
    outcome   TEXT           NOT NULL CHECK (outcome IN ('begun', 'done', 'failed')),
    detail    TEXT
);
