-- What searches look through stays folded as it is: an earlier version finds by it whom it found before, but for accents.
DROP TABLE user_names_trigrams;
