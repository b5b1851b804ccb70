-- Counts what a user uploads within a day.
CREATE INDEX images_of_owner_by_age ON images (owner_id, uploaded_at);

-- Nicknames are compared without characters that may be shown as nothing (Default_Ignorable_Code_Point of Unicode), and
-- with one space for several. Whose nickname is another's then keeps the form that it had: `tweetty check` names it.
WITH hidden AS (
    SELECT '[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164'
        || '\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFF8\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A\U000E0000-\U000E0FFF]'
        AS characters
),
compared AS (
    SELECT id, trim(regexp_replace(regexp_replace(nickname_folded, characters, '', 'g'), ' +', ' ', 'g')) AS nickname
    FROM users
    CROSS JOIN hidden
    WHERE nickname_folded ~ characters
       OR nickname_folded LIKE '%  %'
),
first_of_each AS (
    SELECT nickname, min(id) AS id
    FROM compared
    GROUP BY nickname
)
UPDATE users
SET nickname_folded = first_of_each.nickname
FROM first_of_each
WHERE users.id = first_of_each.id
  AND NOT EXISTS (SELECT FROM users AS others WHERE others.nickname_folded = first_of_each.nickname);
