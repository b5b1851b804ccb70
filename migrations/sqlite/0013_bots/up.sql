-- Who answers for a bot; a user without an owner is a person.
ALTER TABLE users ADD COLUMN owner_id INTEGER REFERENCES users (id);

-- Whole, since SQLite follows a foreign key by no other index.
CREATE INDEX users_of_owner ON users (owner_id);
