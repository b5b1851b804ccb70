-- Which smaller copies an image has. Those from before have none, until `tweetty media variants` makes them.
ALTER TABLE images ADD COLUMN variants TEXT;

CREATE INDEX images_without_variants ON images (id) WHERE variants IS NULL;
