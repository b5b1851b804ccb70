DROP INDEX users_searchable;

-- Finds a part of a word by its runs of 1, 2 and 3 characters, whatever the database's language takes for a letter; SQLite has
-- `user_names` for that. What waits to be sorted into it is read by every search, so that is little.
CREATE INDEX users_searchable ON users USING gin ((
    string_to_array(searchable, CAST(NULL AS TEXT))
    || string_to_array(regexp_replace(searchable, '(..)', E'\\1 ', 'g'), ' ')
    || string_to_array(regexp_replace(substr(searchable, 2), '(..)', E'\\1 ', 'g'), ' ')
    || string_to_array(regexp_replace(searchable, '(...)', E'\\1 ', 'g'), ' ')
    || string_to_array(regexp_replace(substr(searchable, 2), '(...)', E'\\1 ', 'g'), ' ')
    || string_to_array(regexp_replace(substr(searchable, 3), '(...)', E'\\1 ', 'g'), ' ')
)) WITH (gin_pending_list_limit = 512);
