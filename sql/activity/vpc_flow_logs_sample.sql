-- name: vpc_flow_logs_sample
-- kind: activity
-- purpose: Some records of the JSON table, to see that the data is usable
-- table: vpc_flow_logs
-- parameters:
--   limit limit = 1000: most rows to return
-- columns: is_rejected_packet,avg_in_packet_size,vpc_id,local_port,source_dc,ip,end_time,remote_port,start_time,protocol,in_bytes,source_tag,account_id,instance_id,interface_public_ips,out_bytes,is_skipped_rejected_packets,source_az,source_region,avg_out_packet_size,instance_type,interface_local_ips
-- references: AWS incident response playbook "Analyzing VPC Flow Logs" (CC BY 4.0)
SELECT
  is_rejected_packet,
  avg_in_packet_size,
  vpc_id,
  local_port,
  source_dc,
  ip,
  end_time,
  remote_port,
  start_time,
  protocol,
  in_bytes,
  source_tag,
  account_id,
  instance_id,
  interface_public_ips,
  out_bytes,
  is_skipped_rejected_packets,
  source_az,
  source_region,
  avg_out_packet_size,
  instance_type,
  interface_local_ips
FROM vpc_flow_log_records
LIMIT ? /* limit */
