-- name: ioc_matches
-- kind: detection
-- purpose: Records that touch an indicator, once per record, indicator and side, whichever of the side's two addresses does; seen from our network
-- table: evidence indicator_addresses
-- parameters:
--   batch batch: the batch whose evidence to read
--   chunk chunk: the chunk of the batch
-- fields: srcaddr dstaddr
-- columns: object,line_number,direction,indicator,comment,source,also_in,indicator_ip,account_id,region,interface_id,local_ip,via,instance_id,vpc_id,subnet_id,srcport,dstport,protocol,packets,bytes,start_time,end_time,action,tcp_flags,flow_direction
-- references: DESIGN of the two directions: docs/glossary.md
-- The local end is the opposite one: its packet-level address where there is one, else the plain one. `via` is the plain remote
-- address where only the packet-level one is the indicator: then a NAT or transit gateway stands in between.
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
touches AS (
  SELECT s.*, i.address, i.indicator, i.comment, i.source, i.also_in, l.level
  FROM sides AS s
  CROSS JOIN (VALUES ('plain'), ('packet')) AS l (level)
  INNER JOIN indicator_addresses AS i
    ON i.address = CASE l.level WHEN 'plain' THEN s.remote_address ELSE s.remote_packet_address END
  WHERE i.batch = ? /* batch */ AND i.chunk = ? /* chunk */
)
SELECT
  object,
  line_number,
  direction,
  indicator,
  comment,
  source,
  array_join(array_agg(DISTINCT also_in), ' ') AS also_in,
  array_join(array_agg(DISTINCT address), ' ') AS indicator_ip,
  account_id,
  region,
  interface_id,
  local_ip,
  CASE WHEN MIN(level) = 'packet' AND MAX(level) = 'packet' THEN remote_address END AS via,
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
  flow_direction
FROM touches
GROUP BY
  object, line_number, direction, indicator, comment, source, account_id, region, interface_id, local_ip,
  remote_address, instance_id, vpc_id, subnet_id, srcport, dstport, protocol, packets, bytes, start_time, end_time,
  action, tcp_flags, flow_direction
ORDER BY object, line_number, direction, indicator
