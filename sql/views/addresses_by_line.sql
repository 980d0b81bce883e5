-- name: addresses_by_line
-- kind: view
-- purpose: Addresses of the index and the log objects that hold them, each as often as it stands there, with the numbers its line lies between
-- table: address_index
-- columns: date,account_id,region,address,side,object,first_seen,last_seen,line_least,line_greatest
-- references: docs/glossary.md
-- For questions about one address: who asks for its number BETWEEN line_least AND line_greatest has no other lines taken apart. An
-- IPv4 address is a.b.c.d as a * 2^24 + b * 2^16 + c * 2^8 + d; every IPv6 line lies between -1 and -1.
-- first_seen and last_seen are those of the object's records. Of several contents of an object the latest counts.
CREATE OR REPLACE VIEW addresses_by_line AS
WITH contents AS (
  SELECT
    date,
    "$path" AS file,
    CAST(number AS BIGINT) AS number,
    account,
    region,
    label AS object,
    -- Some stores give ETags in quotes.
    replace(json_extract_scalar(content, '$.etag'), '"', '') AS etag,
    FIRST_VALUE(replace(json_extract_scalar(content, '$.etag'), '"', '')) OVER (
      PARTITION BY date, label
      ORDER BY
        CAST(json_extract_scalar(content, '$.modified') AS DOUBLE) DESC,
        json_extract_scalar(content, '$.key'),
        json_extract_scalar(content, '$.etag')
    ) AS latest_etag,
    TRY_CAST(first_seen AS BIGINT) AS first_seen,
    TRY_CAST(last_seen AS BIGINT) AS last_seen
  FROM address_index
  WHERE kind IN ('object', 'unfinished')
),
objects AS (
  SELECT
    date,
    file,
    -- Four objects make a group, and a bit stands for each.
    number / 4 AS group_number,
    CASE number % 4 WHEN 0 THEN 1 WHEN 1 THEN 2 WHEN 2 THEN 4 ELSE 8 END AS group_bit,
    account,
    region,
    object,
    MIN(first_seen) OVER (PARTITION BY date, object) AS first_seen,
    MAX(last_seen) OVER (PARTITION BY date, object) AS last_seen
  FROM contents
  WHERE etag = latest_etag
),
lines AS (
  SELECT
    date,
    "$path" AS file,
    kind,
    CAST(number AS BIGINT) AS number,
    content,
    -- An IPv4 line says the first digits of all its addresses once; how many those leave to each:
    8 - length(label) AS digits,
    from_base('0' || label, 16) AS first_digits,
    CAST(power(16, 8 - length(label)) AS BIGINT) AS step,
    -- A comma counts the first digits up by one.
    length(content) - length(replace(content, ',', '')) AS commas
  FROM address_index
  WHERE kind IN ('ipv4', 'ipv6')
),
items AS (
  SELECT
    date,
    file,
    kind,
    -- The number of a set of objects is (group * 3 + side - 1) * 15 + objects - 1, side and objects as bits.
    number / 45 AS group_number,
    number / 15 % 3 + 1 AS side_bits,
    number % 15 + 1 AS object_bits,
    item,
    CASE kind WHEN 'ipv4' THEN (first_digits + place - 1) * step + from_base(item, 16) END AS number,
    CASE kind WHEN 'ipv4' THEN first_digits * step ELSE -1 END AS line_least,
    CASE kind WHEN 'ipv4' THEN (first_digits + commas + 1) * step - 1 ELSE -1 END AS line_greatest
  FROM lines
  CROSS JOIN UNNEST(split(content, ',')) WITH ORDINALITY AS p (part, place)
  CROSS JOIN UNNEST(
    CASE kind
      WHEN 'ipv4' THEN regexp_extract_all(part, '.{' || CAST(digits AS VARCHAR) || '}')
      ELSE split(part, ' ')
    END
  ) AS i (item)
)
SELECT
  o.date,
  o.account AS account_id,
  o.region,
  CASE i.kind
    WHEN 'ipv4' THEN
      CAST(i.number / 16777216 AS VARCHAR) || '.' || CAST(i.number / 65536 % 256 AS VARCHAR) || '.'
      || CAST(i.number / 256 % 256 AS VARCHAR) || '.' || CAST(i.number % 256 AS VARCHAR)
    ELSE i.item
  END AS address,
  s.side,
  o.object,
  -- A time past the year 9999 is no time.
  CAST(CASE WHEN o.first_seen <= 253402300799 THEN from_unixtime(o.first_seen) END AS TIMESTAMP) AS first_seen,
  CAST(CASE WHEN o.last_seen <= 253402300799 THEN from_unixtime(o.last_seen) END AS TIMESTAMP) AS last_seen,
  i.line_least,
  i.line_greatest
FROM items AS i
JOIN objects AS o ON o.date = i.date AND o.file = i.file AND o.group_number = i.group_number
CROSS JOIN (VALUES ('source', 1), ('destination', 2)) AS s (side, side_bit)
WHERE i.object_bits / o.group_bit % 2 = 1
  AND i.side_bits / s.side_bit % 2 = 1
