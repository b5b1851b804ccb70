ALTER TABLE images DROP COLUMN description;
