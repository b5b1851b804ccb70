-- What a picture shows, in the words of its tweet's author.
ALTER TABLE images ADD COLUMN description TEXT;
