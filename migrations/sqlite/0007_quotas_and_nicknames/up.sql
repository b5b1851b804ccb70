-- Counts what a user uploads within a day.
CREATE INDEX images_of_owner_by_age ON images (owner_id, uploaded_at);

-- Nicknames are compared without characters that may be shown as nothing (Default_Ignorable_Code_Point of Unicode), and
-- with one space for several. Whose nickname is another's then keeps the form that it had: `tweetty check` names it.
CREATE TEMP TABLE hidden AS
SELECT char(173, 847, 1564) || char(4447) || '-' || char(4448) || char(6068) || '-' || char(6069)
    || char(6155) || '-' || char(6159) || char(8203) || '-' || char(8207) || char(8234) || '-' || char(8238)
    || char(8288) || '-' || char(8303) || char(12644) || char(65024) || '-' || char(65039) || char(65279) || char(65440)
    || char(65520) || '-' || char(65528) || char(113824) || '-' || char(113827) || char(119155) || '-' || char(119162)
    || char(917504) || '-' || char(921599) AS characters;

UPDATE OR IGNORE users
SET nickname_folded = (
    WITH RECURSIVE letters (place, letter, kept) AS (
        SELECT 0, '', ''
        UNION ALL
        SELECT place + 1,
            substr(users.nickname_folded, place + 1, 1),
            CASE
                WHEN letter GLOB '[' || hidden.characters || ']' THEN kept
                WHEN letter = ' ' AND (kept = '' OR kept GLOB '* ') THEN kept
                ELSE kept || letter
            END
        FROM letters
        CROSS JOIN hidden
        WHERE place <= length(users.nickname_folded)
    )
    SELECT rtrim(kept) FROM letters ORDER BY place DESC LIMIT 1
)
WHERE nickname_folded GLOB '*  *'
   OR nickname_folded GLOB '*[' || (SELECT characters FROM hidden) || ']*';

DROP TABLE hidden;
