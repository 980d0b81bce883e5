-- name: vpc_flow_log_records
-- kind: view
-- purpose: The rows of vpc_flow_logs that came from a line of JSON
-- table: vpc_flow_logs
-- columns: is_rejected_packet,avg_in_packet_size,vpc_id,local_port,source_dc,ip,end_time,remote_port,start_time,protocol,in_bytes,source_tag,account_id,instance_id,interface_public_ips,out_bytes,is_skipped_rejected_packets,source_az,source_region,avg_out_packet_size,instance_type,interface_local_ips
-- references: AWS incident response playbook "Analyzing VPC Flow Logs" (CC BY 4.0)
-- A malformed line is a row of nothing but NULL under ignore.malformed.json; such a row is left out.
CREATE OR REPLACE VIEW vpc_flow_log_records AS
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
FROM vpc_flow_logs
WHERE COALESCE(
  is_rejected_packet,
  CAST(avg_in_packet_size AS VARCHAR),
  vpc_id,
  CAST(local_port AS VARCHAR),
  source_dc,
  ip,
  end_time,
  CAST(remote_port AS VARCHAR),
  start_time,
  CAST(protocol AS VARCHAR),
  CAST(in_bytes AS VARCHAR),
  source_tag,
  account_id,
  instance_id,
  interface_public_ips,
  CAST(out_bytes AS VARCHAR),
  is_skipped_rejected_packets,
  source_az,
  source_region,
  CAST(avg_out_packet_size AS VARCHAR),
  instance_type,
  interface_local_ips
) IS NOT NULL
