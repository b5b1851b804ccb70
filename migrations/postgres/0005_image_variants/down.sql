DROP INDEX images_without_variants;

ALTER TABLE images DROP COLUMN variants;
