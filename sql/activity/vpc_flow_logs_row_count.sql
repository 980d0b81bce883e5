-- name: vpc_flow_logs_row_count
-- kind: activity
-- purpose: How many records the JSON table holds
-- table: vpc_flow_logs
-- columns: row_count
-- references: AWS incident response playbook "Analyzing VPC Flow Logs" (CC BY 4.0)
SELECT COUNT(*) AS row_count
FROM vpc_flow_log_records
