DROP INDEX images_of_owner_by_age;
