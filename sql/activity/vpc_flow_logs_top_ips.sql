-- name: vpc_flow_logs_top_ips
-- kind: activity
-- purpose: Addresses with the most records in the JSON table
-- table: vpc_flow_logs
-- parameters:
--   limit limit = 100: most rows to return
-- columns: ip,cnt
-- references: AWS incident response playbook "Analyzing VPC Flow Logs" (CC BY 4.0)
SELECT
  ip,
  COUNT(*) AS cnt
FROM vpc_flow_log_records
WHERE ip IS NOT NULL
GROUP BY ip
ORDER BY cnt DESC, ip
LIMIT ? /* limit */
