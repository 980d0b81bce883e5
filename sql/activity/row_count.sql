-- name: row_count
-- kind: activity
-- purpose: How many flow records there are, whatever their log-status
-- table: vpcflow
-- parameters:
--   date_from date: first day of the partitions to read
--   date_to date: last day of the partitions to read
--   regions regions = *: regions of the partitions, separated by commas; * for every one
--   accounts accounts = *: accounts of the partitions, separated by commas; * for every one
-- columns: row_count
-- references: AWS incident response playbook "Analyzing VPC Flow Logs" (CC BY 4.0)
SELECT COUNT(*) AS row_count
FROM vpcflow
WHERE date_partition BETWEEN ? /* date_from */ AND ? /* date_to */
  AND ('*' IN (? /* regions */) OR region_partition IN (? /* regions */))
  AND ('*' IN (? /* accounts */) OR account_partition IN (? /* accounts */))
