INSERT INTO user_names (user_names, rank) VALUES ('secure-delete', 0);

DROP TABLE audit_log;
