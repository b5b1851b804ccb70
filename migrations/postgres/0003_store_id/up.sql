-- Whose rows these are. The folder of images carries the same id, so that a database and a folder that don't belong
-- together are noticed.
CREATE TABLE store_identity (
    one SMALLINT PRIMARY KEY CHECK (one = 1),
    id  TEXT     NOT NULL CHECK (length(id) = 32)
);

INSERT INTO store_identity (one, id)
VALUES (1, replace(gen_random_uuid()::TEXT, '-', ''));
