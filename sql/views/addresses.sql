-- name: addresses
-- kind: view
-- purpose: Which log objects hold an address, as source and as destination, and when the records of each began and ended
-- table: addresses_by_line
-- columns: date,account_id,region,address,side,object,first_seen,last_seen
-- references: docs/glossary.md
-- Each once, however many files of the index say it. All addresses of the days that a query names are taken apart for it, also
-- where one is asked for: addresses_by_line leaves out the other lines first.
CREATE OR REPLACE VIEW addresses AS
SELECT DISTINCT
  date,
  account_id,
  region,
  address,
  side,
  object,
  first_seen,
  last_seen
FROM addresses_by_line
