ALTER TABLE images
    -- Its smaller copies, such as `320x240.jpg 640x480.jpg`: sizes and formats of the files that are named after it. An empty
    -- text where it needs none, NULL until they are made.
    ADD COLUMN variants TEXT;

-- Finds the images whose smaller copies are yet to be made.
CREATE INDEX images_without_variants ON images (id) WHERE variants IS NULL;
