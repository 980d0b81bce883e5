-- name: sample
-- kind: activity
-- purpose: Some flow records with every column, to see that the data is usable
-- table: vpcflow
-- parameters:
--   date_from date: first day of the partitions to read
--   date_to date: last day of the partitions to read
--   regions regions = *: regions of the partitions, separated by commas; * for every one
--   accounts accounts = *: accounts of the partitions, separated by commas; * for every one
--   limit limit = 1000: most rows to return
-- columns: version,account,interfaceid,sourceaddress,destinationaddress,sourceport,destinationport,protocol,numpackets,numbytes,starttime,endtime,action,logstatus,vpcid,type,tcpflags,subnetid,sublocationtype,sublocationid,region,pktsrcaddr,pktdstaddr,instanceid,azid,pkt_src_aws_service,pkt_dst_aws_service,flow_direction,traffic_path,date_partition,region_partition,account_partition
-- references: AWS incident response playbook "Analyzing VPC Flow Logs" (CC BY 4.0)
SELECT
  version,
  account,
  interfaceid,
  sourceaddress,
  destinationaddress,
  sourceport,
  destinationport,
  protocol,
  numpackets,
  numbytes,
  starttime,
  endtime,
  action,
  logstatus,
  vpcid,
  type,
  tcpflags,
  subnetid,
  sublocationtype,
  sublocationid,
  region,
  pktsrcaddr,
  pktdstaddr,
  instanceid,
  azid,
  pkt_src_aws_service,
  pkt_dst_aws_service,
  flow_direction,
  traffic_path,
  date_partition,
  region_partition,
  account_partition
FROM vpcflow
WHERE date_partition BETWEEN ? /* date_from */ AND ? /* date_to */
  AND ('*' IN (? /* regions */) OR region_partition IN (? /* regions */))
  AND ('*' IN (? /* accounts */) OR account_partition IN (? /* accounts */))
LIMIT ? /* limit */
