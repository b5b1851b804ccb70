-- What operators did. No foreign key and no names: a record outlives the user that it is about, and tells nothing of
-- her then.
CREATE TABLE audit_log (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    at        INTEGER NOT NULL,
    os_user   TEXT    NOT NULL,
    sudo_user TEXT,
    action    TEXT    NOT NULL,
    user_id   INTEGER,
    outcome   TEXT    NOT NULL CHECK (outcome IN ('begun', 'done', 'failed')),
    detail    TEXT
) STRICT;

-- Who is removed or renamed leaves nothing in the search index: entries are taken out instead of being marked.
INSERT INTO user_names (user_names, rank) VALUES ('secure-delete', 1);
INSERT INTO user_names (user_names) VALUES ('rebuild');
