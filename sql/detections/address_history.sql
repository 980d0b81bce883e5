-- name: address_history
-- kind: detection
-- purpose: When an address was first and last seen, and in how many log objects, by account, region and side
-- table: addresses_by_line
-- parameters:
--   ip ip: the address
--   date_from day = 2015-06-01: first day of the index to read
--   date_to day = 9999-12-31: last day of the index to read
--   regions regions = *: regions of the log objects, separated by commas; * for every one
--   accounts accounts = *: accounts of the log objects, separated by commas; * for every one
-- columns: account_id,region,side,first_seen,last_seen,object_count
-- references: docs/glossary.md
-- An object's times are told, not the address's own: they are apart by no more than the minutes that one object holds.
SELECT
  account_id,
  region,
  side,
  date_format(MIN(first_seen), '%Y/%m/%d %H:%i:%s') AS first_seen,
  date_format(MAX(last_seen), '%Y/%m/%d %H:%i:%s') AS last_seen,
  COUNT(DISTINCT object) AS object_count
FROM addresses_by_line
WHERE date BETWEEN ? /* date_from */ AND ? /* date_to */
  AND ('*' IN (? /* regions */) OR region IN (? /* regions */))
  AND ('*' IN (? /* accounts */) OR account_id IN (? /* accounts */))
  AND address = ? /* ip */
  AND COALESCE(
    TRY_CAST(split_part(? /* ip */, '.', 1) AS BIGINT) * 16777216
    + TRY_CAST(split_part(? /* ip */, '.', 2) AS BIGINT) * 65536
    + TRY_CAST(split_part(? /* ip */, '.', 3) AS BIGINT) * 256
    + TRY_CAST(split_part(? /* ip */, '.', 4) AS BIGINT),
    -1
  ) BETWEEN line_least AND line_greatest
GROUP BY account_id, region, side
ORDER BY account_id, region, side
