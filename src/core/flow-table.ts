/**
 * Fields of a flow-log header → columns of the table `vpcflow`: the playbook's 29, in its order and under its names.
 * `sql/tables/vpcflow.sql` declares the same columns for Athena; a test holds the two together.
 */

export type FlowColumn = {
  readonly column: string;
  /** Name in a header line. */
  readonly field: string;
  readonly type: 'string' | 'smallint' | 'int' | 'bigint';
};

const COLUMNS: readonly (readonly [string, string, FlowColumn['type']])[] = [
  ['version', 'version', 'int'],
  ['account', 'account-id', 'string'],
  ['interfaceid', 'interface-id', 'string'],
  ['sourceaddress', 'srcaddr', 'string'],
  ['destinationaddress', 'dstaddr', 'string'],
  ['sourceport', 'srcport', 'int'],
  ['destinationport', 'dstport', 'int'],
  ['protocol', 'protocol', 'int'],
  ['numpackets', 'packets', 'bigint'],
  ['numbytes', 'bytes', 'bigint'],
  ['starttime', 'start', 'bigint'],
  ['endtime', 'end', 'bigint'],
  ['action', 'action', 'string'],
  ['logstatus', 'log-status', 'string'],
  ['vpcid', 'vpc-id', 'string'],
  ['type', 'type', 'string'],
  ['tcpflags', 'tcp-flags', 'smallint'],
  ['subnetid', 'subnet-id', 'string'],
  ['sublocationtype', 'sublocation-type', 'string'],
  ['sublocationid', 'sublocation-id', 'string'],
  ['region', 'region', 'string'],
  ['pktsrcaddr', 'pkt-srcaddr', 'string'],
  ['pktdstaddr', 'pkt-dstaddr', 'string'],
  ['instanceid', 'instance-id', 'string'],
  ['azid', 'az-id', 'string'],
  ['pkt_src_aws_service', 'pkt-src-aws-service', 'string'],
  ['pkt_dst_aws_service', 'pkt-dst-aws-service', 'string'],
  ['flow_direction', 'flow-direction', 'string'],
  ['traffic_path', 'traffic-path', 'int'],
];

export const FLOW_COLUMNS: readonly FlowColumn[] = COLUMNS.map(([column, field, type]) => ({ column, field, type }));

/** Columns of the JSON table `vpc_flow_logs`, in the playbook's order. */
export const JSON_COLUMNS: readonly { readonly column: string; readonly type: FlowColumn['type'] }[] = [
  { column: 'is_rejected_packet', type: 'string' },
  { column: 'avg_in_packet_size', type: 'int' },
  { column: 'vpc_id', type: 'string' },
  { column: 'local_port', type: 'int' },
  { column: 'source_dc', type: 'string' },
  { column: 'ip', type: 'string' },
  { column: 'end_time', type: 'string' },
  { column: 'remote_port', type: 'int' },
  { column: 'start_time', type: 'string' },
  { column: 'protocol', type: 'int' },
  { column: 'in_bytes', type: 'bigint' },
  { column: 'source_tag', type: 'string' },
  { column: 'account_id', type: 'string' },
  { column: 'instance_id', type: 'string' },
  { column: 'interface_public_ips', type: 'string' },
  { column: 'out_bytes', type: 'bigint' },
  { column: 'is_skipped_rejected_packets', type: 'string' },
  { column: 'source_az', type: 'string' },
  { column: 'source_region', type: 'string' },
  { column: 'avg_out_packet_size', type: 'int' },
  { column: 'instance_type', type: 'string' },
  { column: 'interface_local_ips', type: 'string' },
];
