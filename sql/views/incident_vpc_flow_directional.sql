-- name: incident_vpc_flow_directional
-- kind: view
-- purpose: The view of the playbook, its fifteen columns and labels
-- table: directional_flow_records
-- columns: account,interfaceid,source,destination,direction,connecting_ip,connecting_port,protocol,numpackets,numbytes,action,logstatus,startTime,endTime,sessionTime
-- references: AWS incident response playbook "Analyzing VPC Flow Logs" (CC BY 4.0)
-- The labels are those of the playbook, seen from the indicator: INBOUND is a record whose destination is the indicator, and
-- connecting_ip is the other end, our host. Everything else in Flowhound speaks from our network.
-- Sorting is left to the query: ORDER BY in a view is paid by every use of it, aggregates too.
-- It reads all partitions it is not told to leave out, and it has none to tell by: query directional_flow_records for a part.
CREATE OR REPLACE VIEW incident_vpc_flow_directional AS
SELECT
  account,
  interfaceid,
  source,
  destination,
  direction,
  connecting_ip,
  connecting_port,
  protocol,
  numpackets,
  numbytes,
  action,
  logstatus,
  startTime,
  endTime,
  sessionTime
FROM directional_flow_records
