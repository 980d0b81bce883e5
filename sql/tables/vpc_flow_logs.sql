-- name: vpc_flow_logs
-- kind: table
-- purpose: Flow records gathered by another collector, one JSON object a line
-- table: vpc_flow_logs
-- columns: is_rejected_packet,avg_in_packet_size,vpc_id,local_port,source_dc,ip,end_time,remote_port,start_time,protocol,in_bytes,source_tag,account_id,instance_id,interface_public_ips,out_bytes,is_skipped_rejected_packets,source_az,source_region,avg_out_packet_size,instance_type,interface_local_ips
-- references: AWS incident response playbook "Analyzing VPC Flow Logs" (CC BY 4.0)
CREATE EXTERNAL TABLE IF NOT EXISTS vpc_flow_logs (
  is_rejected_packet string,
  avg_in_packet_size int,
  vpc_id string,
  local_port int,
  source_dc string,
  ip string,
  end_time string,
  remote_port int,
  start_time string,
  protocol int,
  in_bytes bigint,
  source_tag string,
  account_id string,
  instance_id string,
  interface_public_ips string,
  out_bytes bigint,
  is_skipped_rejected_packets string,
  source_az string,
  source_region string,
  avg_out_packet_size int,
  instance_type string,
  interface_local_ips string
)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
WITH SERDEPROPERTIES ('ignore.malformed.json' = 'true')
LOCATION 's3://<bucket>/<prefix>'
