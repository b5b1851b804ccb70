ALTER TABLE images
    -- What it shows, in the words of its tweet's author; empty where nothing was said.
    ADD COLUMN description TEXT;
