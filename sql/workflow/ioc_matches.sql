-- name: ioc_matches
-- kind: detection
-- purpose: Records that touch an indicator, once per record, indicator and side, whichever of the side's two addresses does; seen from our network
-- table: evidence indicator_addresses
-- parameters:
--   batch batch: the batch whose evidence to read
--   chunk chunk: the chunk of the batch
-- fields: srcaddr dstaddr
-- columns: object,line_number,direction,indicator,comment,source,also_in,indicator_ip,account_id,region,interface_id,local_ip,via,instance_id,vpc_id,subnet_id,srcport,dstport,protocol,packets,bytes,start_time,end_time,action,tcp_flags,flow_direction,pkt_src_aws_service,pkt_dst_aws_service
-- references: DESIGN of the two directions: docs/glossary.md
-- The local end is the opposite one: its packet-level address where there is one, else the plain one. `via` is the plain remote
-- address where only the packet-level one is the indicator: then a NAT or transit gateway stands in between.
-- No GROUP BY and no ORDER BY: a million matches would have to be held. Each side has two addresses, so two rows at most, one where both are of
-- one indicator.
WITH sides AS (
  SELECT
    e.*,
    d.direction,
    CASE d.direction WHEN 'out' THEN e.dstaddr ELSE e.srcaddr END AS remote_address,
    CASE d.direction WHEN 'out' THEN e.pkt_dstaddr ELSE e.pkt_srcaddr END AS remote_packet_address,
    CASE d.direction
      WHEN 'out' THEN COALESCE(e.pkt_srcaddr, e.srcaddr, '-')
      ELSE COALESCE(e.pkt_dstaddr, e.dstaddr, '-')
    END AS local_ip
  FROM evidence AS e
  CROSS JOIN (VALUES ('out'), ('in')) AS d (direction)
  WHERE e.batch = ? /* batch */ AND e.chunk = ? /* chunk */
),
addresses AS (
  SELECT address, indicator, comment, source, also_in
  FROM indicator_addresses
  WHERE batch = ? /* batch */ AND chunk = ? /* chunk */
),
touches AS (
  SELECT
    s.*,
    plain.indicator AS plain_indicator,
    plain.comment AS plain_comment,
    plain.source AS plain_source,
    plain.also_in AS plain_also_in,
    packet.indicator AS packet_indicator,
    packet.comment AS packet_comment,
    packet.source AS packet_source,
    packet.also_in AS packet_also_in,
    COALESCE(plain.indicator = packet.indicator, FALSE) AS is_one_indicator
  FROM sides AS s
  LEFT JOIN addresses AS plain ON plain.address = s.remote_address
  LEFT JOIN addresses AS packet ON packet.address = s.remote_packet_address
)
SELECT
  object,
  line_number,
  direction,
  CASE l.level WHEN 'plain' THEN plain_indicator ELSE packet_indicator END AS indicator,
  CASE l.level WHEN 'plain' THEN plain_comment ELSE packet_comment END AS comment,
  CASE l.level WHEN 'plain' THEN plain_source ELSE packet_source END AS source,
  CASE
    WHEN is_one_indicator THEN plain_also_in || ' ' || packet_also_in
    WHEN l.level = 'plain' THEN plain_also_in
    ELSE packet_also_in
  END AS also_in,
  CASE
    WHEN is_one_indicator THEN remote_address || ' ' || remote_packet_address
    WHEN l.level = 'plain' THEN remote_address
    ELSE remote_packet_address
  END AS indicator_ip,
  account_id,
  region,
  interface_id,
  local_ip,
  CASE WHEN l.level = 'packet' THEN remote_address END AS via,
  instance_id,
  vpc_id,
  subnet_id,
  srcport,
  dstport,
  protocol,
  packets,
  bytes,
  start_time,
  end_time,
  action,
  tcp_flags,
  flow_direction,
  pkt_src_aws_service,
  pkt_dst_aws_service
FROM touches
CROSS JOIN (VALUES ('plain'), ('packet')) AS l (level)
WHERE (l.level = 'plain' AND plain_indicator IS NOT NULL)
  OR (l.level = 'packet' AND packet_indicator IS NOT NULL AND NOT is_one_indicator)
