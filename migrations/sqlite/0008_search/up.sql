-- The trigrams of `user_names`: finds those with which a word of one or two characters begins.
CREATE VIRTUAL TABLE user_names_trigrams USING fts5vocab (user_names, 'row');
