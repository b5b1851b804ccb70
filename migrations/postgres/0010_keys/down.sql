ALTER TABLE api_keys DROP CONSTRAINT api_keys_pkey;
ALTER TABLE api_keys DROP CONSTRAINT api_keys_hash_key;
ALTER TABLE api_keys ADD PRIMARY KEY (hash);
ALTER TABLE api_keys DROP COLUMN last_used_on;
ALTER TABLE api_keys DROP COLUMN label;
ALTER TABLE api_keys DROP COLUMN id;
