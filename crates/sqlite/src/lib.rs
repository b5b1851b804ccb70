//! The storage ports on an embedded SQLite database.
