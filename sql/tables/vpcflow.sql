-- name: vpcflow
-- kind: table
-- purpose: Flow records of log objects in one format, with their partition; other field orders need a table of their own
-- table: vpcflow
-- columns: version,account,interfaceid,sourceaddress,destinationaddress,sourceport,destinationport,protocol,numpackets,numbytes,starttime,endtime,action,logstatus,vpcid,type,tcpflags,subnetid,sublocationtype,sublocationid,region,pktsrcaddr,pktdstaddr,instanceid,azid,pkt_src_aws_service,pkt_dst_aws_service,flow_direction,traffic_path,date_partition,region_partition,account_partition
-- references: AWS incident response playbook "Analyzing VPC Flow Logs" (CC BY 4.0)
-- Column order is the order of the fields in the log objects: Athena reads text by position. Names in <> are filled in before use.
-- Packets, start and end are bigint where the playbook has int: 2,147,483,647 packets in a record are possible, and seconds pass
-- that number on 2038-01-19; Athena reads a number too large for its column as NULL. Dashes in names are underscores, as Hive wants.
CREATE EXTERNAL TABLE IF NOT EXISTS vpcflow (
  version int,
  account string,
  interfaceid string,
  sourceaddress string,
  destinationaddress string,
  sourceport int,
  destinationport int,
  protocol int,
  numpackets bigint,
  numbytes bigint,
  starttime bigint,
  endtime bigint,
  action string,
  logstatus string,
  vpcid string,
  type string,
  tcpflags smallint,
  subnetid string,
  sublocationtype string,
  sublocationid string,
  region string,
  pktsrcaddr string,
  pktdstaddr string,
  instanceid string,
  azid string,
  pkt_src_aws_service string,
  pkt_dst_aws_service string,
  flow_direction string,
  traffic_path int
)
PARTITIONED BY (
  date_partition string,
  region_partition string,
  account_partition string
)
ROW FORMAT DELIMITED
FIELDS TERMINATED BY ' '
LOCATION 's3://<bucket>/<prefix>AWSLogs/'
TBLPROPERTIES (
  'skip.header.line.count' = '1',
  'projection.enabled' = 'true',
  'projection.date_partition.type' = 'date',
  'projection.date_partition.range' = '<first_date>,NOW',
  'projection.date_partition.format' = 'yyyy/MM/dd',
  'projection.date_partition.interval' = '1',
  'projection.date_partition.interval.unit' = 'DAYS',
  'projection.region_partition.type' = 'enum',
  'projection.region_partition.values' = '<regions>',
  'projection.account_partition.type' = 'enum',
  'projection.account_partition.values' = '<accounts>',
  'storage.location.template' = 's3://<bucket>/<prefix>AWSLogs/${account_partition}/vpcflowlogs/${region_partition}/${date_partition}'
)
