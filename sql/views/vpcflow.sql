-- name: vpcflow
-- kind: view
-- purpose: The table of the playbook over the records of every format: its columns, with the partition
-- table: flow_records
-- columns: version,account,interfaceid,sourceaddress,destinationaddress,sourceport,destinationport,protocol,numpackets,numbytes,starttime,endtime,action,logstatus,vpcid,type,tcpflags,subnetid,sublocationtype,sublocationid,region,pktsrcaddr,pktdstaddr,instanceid,azid,pkt_src_aws_service,pkt_dst_aws_service,flow_direction,traffic_path,date_partition,region_partition,account_partition
-- references: AWS incident response playbook "Analyzing VPC Flow Logs" (CC BY 4.0)
CREATE OR REPLACE VIEW vpcflow AS
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
FROM flow_records
