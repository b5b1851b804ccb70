ALTER TABLE users
    -- Who answers for a bot; empty of a person. An owner is no bot, and is removed only when no bot is theirs any more.
    ADD COLUMN owner_id BIGINT REFERENCES users (id);

-- Finds the bots of an owner.
CREATE INDEX users_of_owner ON users (owner_id) WHERE owner_id IS NOT NULL;
