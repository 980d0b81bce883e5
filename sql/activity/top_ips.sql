-- name: top_ips
-- kind: activity
-- purpose: Addresses in the most flow records, as source or destination
-- table: vpcflow
-- parameters:
--   date_from date: first day of the partitions to read
--   date_to date: last day of the partitions to read
--   regions regions = *: regions of the partitions, separated by commas; * for every one
--   accounts accounts = *: accounts of the partitions, separated by commas; * for every one
--   limit limit = 100: most rows to return
-- fields: srcaddr dstaddr
-- columns: ip,cnt
-- references: AWS incident response playbook "Analyzing VPC Flow Logs" (CC BY 4.0)
WITH ends AS (
  SELECT CASE r.role WHEN 'source' THEN sourceaddress ELSE destinationaddress END AS ip
  FROM vpcflow
  CROSS JOIN (VALUES ('source'), ('destination')) AS r (role)
  WHERE date_partition BETWEEN ? /* date_from */ AND ? /* date_to */
    AND ('*' IN (? /* regions */) OR region_partition IN (? /* regions */))
    AND ('*' IN (? /* accounts */) OR account_partition IN (? /* accounts */))
    -- A record from an address to itself counts once.
    AND (r.role = 'source' OR sourceaddress IS NULL OR sourceaddress <> destinationaddress)
)
SELECT
  ip,
  COUNT(*) AS cnt
FROM ends
WHERE ip <> '-'
GROUP BY ip
ORDER BY cnt DESC, ip
LIMIT ? /* limit */
