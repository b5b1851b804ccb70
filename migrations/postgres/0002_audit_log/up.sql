-- What operators did, each record in the transaction of the change itself. It outlives the user that it is about,
-- and names nobody.
CREATE TABLE audit_log (
    -- Its place in the log.
    id        BIGINT         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- When it was done.
    at        TIMESTAMPTZ(3) NOT NULL,
    -- The user of the system as whom the command ran.
    os_user   TEXT           NOT NULL,
    -- Who called it through sudo, as sudo says.
    sudo_user TEXT,
    -- The command.
    action    TEXT           NOT NULL,
    -- Whose account it was about; no foreign key, since the record outlives the user.
    user_id   BIGINT,
    -- `done`, `failed`, or `begun` for what is more than one transaction.
    outcome   TEXT           NOT NULL CHECK (outcome IN ('begun', 'done', 'failed')),
    -- What there is to add: which names changed, how many counters were mended, why it failed.
    detail    TEXT
);
