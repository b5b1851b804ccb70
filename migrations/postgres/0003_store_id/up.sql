-- Which store this is: one row. The media folder carries the same id.
CREATE TABLE store_identity (
    -- Always 1, so that there is one row.
    one SMALLINT PRIMARY KEY CHECK (one = 1),
    -- 128 random bits, written as 32 hexadecimal digits.
    id  TEXT     NOT NULL CHECK (length(id) = 32)
);

INSERT INTO store_identity (one, id)
VALUES (1, replace(gen_random_uuid()::TEXT, '-', ''));
