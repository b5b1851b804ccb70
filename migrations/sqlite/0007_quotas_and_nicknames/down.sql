-- Nicknames keep the form in which they are compared: it differs only where a character is not seen.
DROP INDEX images_of_owner_by_age;
