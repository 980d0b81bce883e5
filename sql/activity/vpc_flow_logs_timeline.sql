-- name: vpc_flow_logs_timeline
-- kind: activity
-- purpose: Every record of one address in the JSON table, oldest first
-- table: vpc_flow_logs
-- parameters:
--   ip ip: the address
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
WHERE ip = ? /* ip */
ORDER BY start_time, end_time, local_port, remote_port, protocol, in_bytes, out_bytes
