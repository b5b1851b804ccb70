ALTER TABLE api_keys
    -- By which its holder and operators name it; a later key of a user has a higher id.
    ADD COLUMN id BIGINT GENERATED ALWAYS AS IDENTITY,
    -- What its holder calls it, such as the device or program that has it; the first key of a user has none.
    ADD COLUMN label TEXT,
    -- The day in UTC on which it was last used, as the beginning of that day; written at most once a day.
    ADD COLUMN last_used_on TIMESTAMPTZ(3);

ALTER TABLE api_keys DROP CONSTRAINT api_keys_pkey;
ALTER TABLE api_keys ADD PRIMARY KEY (id);
ALTER TABLE api_keys ALTER COLUMN hash SET NOT NULL;
ALTER TABLE api_keys ADD CONSTRAINT api_keys_hash_key UNIQUE (hash);
