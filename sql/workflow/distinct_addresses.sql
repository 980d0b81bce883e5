-- name: distinct_addresses
-- kind: detection
-- purpose: Every address in raw log objects, once; whichever lie in an indicator is decided outside of SQL, CIDRs too
-- table: vpcflow
-- parameters:
--   date_from date: first day of the partitions to read
--   date_to date: last day of the partitions to read
--   regions regions: regions of the partitions
--   accounts accounts: accounts of the partitions
--   objects objects: the objects
-- fields: srcaddr dstaddr
-- columns: address
-- references: docs/glossary.md
SELECT DISTINCT
  CASE c.column_number
    WHEN 1 THEN sourceaddress
    WHEN 2 THEN destinationaddress
    WHEN 3 THEN pktsrcaddr
    ELSE pktdstaddr
  END AS address
FROM vpcflow
CROSS JOIN (VALUES (1), (2), (3), (4)) AS c (column_number)
WHERE date_partition BETWEEN ? /* date_from */ AND ? /* date_to */
  AND ('*' IN (? /* regions */) OR region_partition IN (? /* regions */))
  AND ('*' IN (? /* accounts */) OR account_partition IN (? /* accounts */))
  AND "$path" IN (? /* objects */)
  AND COALESCE(logstatus, 'OK') = 'OK'
