-- Run once, when the database is created: tweetty owns its database and may do nothing else.
CREATE ROLE tweetty LOGIN;
CREATE DATABASE tweetty OWNER tweetty;
REVOKE ALL ON DATABASE tweetty FROM PUBLIC;
