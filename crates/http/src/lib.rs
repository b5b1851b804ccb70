//! The HTTP API: one file a resource; a handler parses, calls the microblog once and replies.
