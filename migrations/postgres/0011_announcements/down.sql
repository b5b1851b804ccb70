DROP TABLE acknowledgements;
DROP TABLE announcements;
