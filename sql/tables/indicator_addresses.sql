-- name: indicator_addresses
-- kind: table
-- purpose: The addresses in a chunk's evidence that lie in an indicator, each with the most specific one; CIDRs are resolved, so joins are exact
-- table: indicator_addresses
-- columns: address,indicator,comment,source,also_in,batch,chunk
-- references: docs/glossary.md
CREATE EXTERNAL TABLE IF NOT EXISTS indicator_addresses (
  address string,
  indicator string,
  comment string,
  source string,
  also_in string
)
PARTITIONED BY (batch string, chunk int)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
LOCATION '${state_location}/evidence/indicator_addresses/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.batch.type' = 'injected',
  'projection.chunk.type' = 'integer',
  'projection.chunk.range' = '0,199',
  'storage.location.template' = '${state_location}/evidence/indicator_addresses/batch=${batch}/chunk=${chunk}'
)
