-- name: raw_evidence
-- kind: detection
-- purpose: Records of raw log objects in the columns of evidence, where no Scan kept them
-- table: vpcflow
-- parameters:
--   batch batch: the batch that the objects are of
--   chunk chunk: the chunk of the batch
--   date_from date: first day of the partitions to read
--   date_to date: last day of the partitions to read
--   regions regions: regions of the partitions
--   accounts accounts: accounts of the partitions
--   objects objects: the objects
-- fields: srcaddr dstaddr
-- columns: object,line_number,account_id,region,interface_id,srcaddr,dstaddr,pkt_srcaddr,pkt_dstaddr,srcport,dstport,protocol,packets,bytes,start_time,end_time,action,tcp_flags,flow_direction,instance_id,vpc_id,subnet_id,pkt_src_aws_service,pkt_dst_aws_service,batch,chunk
-- references: docs/glossary.md
-- An object is known by its delivered file name, another by its key from AWSLogs on; line numbers are not known here.
SELECT
  COALESCE(
    regexp_extract("$path", '[0-9]{12}_vpcflowlogs_[a-z0-9-]+_fl-[0-9a-z]+_[0-9]{8}T[0-9]{4}Z_[^_/]+[.]log([.]gz)?$'),
    regexp_extract("$path", 'AWSLogs/.*$')
  ) AS object,
  0 AS line_number,
  CASE WHEN regexp_like(account, '^[0-9]{12}$') THEN account ELSE account_partition END AS account_id,
  COALESCE(NULLIF(region, '-'), region_partition) AS region,
  COALESCE(interfaceid, '-') AS interface_id,
  NULLIF(sourceaddress, '-') AS srcaddr,
  NULLIF(destinationaddress, '-') AS dstaddr,
  NULLIF(pktsrcaddr, '-') AS pkt_srcaddr,
  NULLIF(pktdstaddr, '-') AS pkt_dstaddr,
  sourceport AS srcport,
  destinationport AS dstport,
  protocol,
  numpackets AS packets,
  numbytes AS bytes,
  starttime AS start_time,
  endtime AS end_time,
  NULLIF(action, '-') AS action,
  tcpflags AS tcp_flags,
  NULLIF(flow_direction, '-') AS flow_direction,
  NULLIF(instanceid, '-') AS instance_id,
  NULLIF(vpcid, '-') AS vpc_id,
  NULLIF(subnetid, '-') AS subnet_id,
  NULLIF(pkt_src_aws_service, '-') AS pkt_src_aws_service,
  NULLIF(pkt_dst_aws_service, '-') AS pkt_dst_aws_service,
  ? /* batch */ AS batch,
  ? /* chunk */ AS chunk
FROM vpcflow
WHERE date_partition BETWEEN ? /* date_from */ AND ? /* date_to */
  AND ('*' IN (? /* regions */) OR region_partition IN (? /* regions */))
  AND ('*' IN (? /* accounts */) OR account_partition IN (? /* accounts */))
  AND "$path" IN (? /* objects */)
  AND COALESCE(logstatus, 'OK') = 'OK'
