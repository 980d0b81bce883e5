-- name: address_index
-- kind: table
-- purpose: The index of addresses as its files have it: lines of addresses, and of the log objects that hold them
-- table: address_index
-- columns: kind,number,account,region,label,first_seen,last_seen,content,date
-- references: docs/glossary.md
-- What a line says depends on its kind, and only lines of one file, "$path", belong together; the views over it tell addresses.
-- A query that names no days looks into each one of the range, so the range begins where the index does. Names in <> are filled in before use.
CREATE EXTERNAL TABLE IF NOT EXISTS address_index (
  kind string,
  number string,
  account string,
  region string,
  label string,
  first_seen string,
  last_seen string,
  content string
)
PARTITIONED BY (`date` string)
ROW FORMAT DELIMITED
FIELDS TERMINATED BY '\t'
LOCATION '${state_location}/addresses/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.date.type' = 'date',
  'projection.date.range' = '<first_date>,NOW',
  'projection.date.format' = 'yyyy-MM-dd',
  'projection.date.interval' = '1',
  'projection.date.interval.unit' = 'DAYS',
  'storage.location.template' = '${state_location}/addresses/date=${date}'
)
