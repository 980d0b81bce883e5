-- name: incident_iocs
-- kind: table
-- purpose: The indicators of an incident, exact addresses in canonical text; CIDRs are resolved before SQL
-- table: incident_iocs
-- columns: threat_ip,threat_comment
-- references: AWS incident response playbook "Analyzing VPC Flow Logs" (CC BY 4.0)
CREATE EXTERNAL TABLE IF NOT EXISTS incident_iocs (
  threat_ip string,
  threat_comment string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'
WITH SERDEPROPERTIES (
  'separatorChar' = ',',
  'quoteChar' = '\"',
  'escapeChar' = '\\'
)
STORED AS TEXTFILE
LOCATION 's3://<bucket>/<prefix>'
