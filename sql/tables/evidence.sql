-- name: evidence
-- kind: table
-- purpose: Flow records that touched an indicator, as Scan kept them: fixed columns and the verbatim line
-- table: evidence
-- columns: object,line_number,account_id,region,interface_id,srcaddr,dstaddr,pkt_srcaddr,pkt_dstaddr,srcport,dstport,protocol,packets,bytes,start_time,end_time,action,tcp_flags,flow_direction,instance_id,vpc_id,subnet_id,pkt_src_aws_service,pkt_dst_aws_service,line,batch,chunk
-- references: docs/glossary.md
CREATE EXTERNAL TABLE IF NOT EXISTS evidence (
  object string,
  line_number bigint,
  account_id string,
  region string,
  interface_id string,
  srcaddr string,
  dstaddr string,
  pkt_srcaddr string,
  pkt_dstaddr string,
  srcport bigint,
  dstport bigint,
  protocol bigint,
  packets bigint,
  bytes bigint,
  start_time bigint,
  end_time bigint,
  action string,
  tcp_flags bigint,
  flow_direction string,
  instance_id string,
  vpc_id string,
  subnet_id string,
  pkt_src_aws_service string,
  pkt_dst_aws_service string,
  line string
)
PARTITIONED BY (batch string, chunk int)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
LOCATION '${state_location}/evidence/records/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.batch.type' = 'injected',
  'projection.chunk.type' = 'integer',
  'projection.chunk.range' = '0,199',
  'storage.location.template' = '${state_location}/evidence/records/batch=${batch}/chunk=${chunk}'
)
