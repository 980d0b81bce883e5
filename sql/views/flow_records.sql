-- name: flow_records
-- kind: view
-- purpose: Flow records of every format, each row once, with the log object it stands in and its partition
-- table: flow_table
-- columns: object,version,account,interfaceid,sourceaddress,destinationaddress,sourceport,destinationport,protocol,numpackets,numbytes,starttime,endtime,action,logstatus,vpcid,type,tcpflags,subnetid,sublocationtype,sublocationid,region,pktsrcaddr,pktdstaddr,instanceid,azid,pkt_src_aws_service,pkt_dst_aws_service,flow_direction,traffic_path,date_partition,region_partition,account_partition
-- references: https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
-- Written for one log table: flow_table and 'flow_log_id' are filled in, and the SELECT is repeated for each table with UNION ALL.
-- Tables of several formats lie over the same folders. A flow log never changes its format, and its id stands in the name of each
-- object, so the id tells which table reads an object rightly. Each table whose partition holds the object reads its bytes, though.
CREATE OR REPLACE VIEW flow_records AS
SELECT
  "$path" AS object,
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
FROM flow_table
WHERE regexp_extract("$path", '_(fl-[0-9a-z]+)_[^/]*$', 1) IN ('flow_log_id')
  -- A blank line, and a header that stands again where objects were joined, are no records.
  AND sourceaddress NOT IN ('', 'srcaddr')
