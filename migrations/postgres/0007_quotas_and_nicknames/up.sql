-- Counts what a user uploads within a day.
CREATE INDEX images_of_owner_by_age ON images (owner_id, uploaded_at);
