/**
 * The fields of VPC and transit gateway flow logs, by the log version that brought them. Types are those of Parquet
 * delivery. Source: docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html and the transit gateway guide.
 */

export type FieldType = 'string' | 'int' | 'bigint';

export type FlowField = {
  readonly name: string;
  readonly sinceVersion: number;
  readonly type: FieldType;
  readonly description: string;
};

const FIELDS: readonly (readonly [string, number, FieldType, string])[] = [
  ['version', 2, 'int', 'Highest log version among the chosen fields, in principle; never branch on it'],
  ['account-id', 2, 'string', 'Account that owns the network interface; `unknown` for some service-made interfaces'],
  ['interface-id', 2, 'string', 'Network interface the record was taken on; `-` for a regional NAT gateway'],
  ['srcaddr', 2, 'string', "Source address; for the interface's own end its primary private address"],
  ['dstaddr', 2, 'string', "Destination address; for the interface's own end its primary private address"],
  ['srcport', 2, 'int', 'Source port; 0 for ICMP'],
  ['dstport', 2, 'int', 'Destination port; 0 for ICMP'],
  ['protocol', 2, 'int', 'IANA protocol number'],
  ['packets', 2, 'bigint', 'Packets in the aggregation interval'],
  ['bytes', 2, 'bigint', 'Bytes in the aggregation interval'],
  ['start', 2, 'bigint', 'First packet, Unix seconds; up to 60 s late'],
  ['end', 2, 'bigint', 'Last packet, Unix seconds; up to 60 s late'],
  ['action', 2, 'string', 'ACCEPT or REJECT, by security groups and network ACLs'],
  ['log-status', 2, 'string', 'OK, NODATA (no traffic) or SKIPDATA (records were lost)'],
  ['vpc-id', 3, 'string', 'VPC of the interface'],
  ['subnet-id', 3, 'string', 'Subnet of the interface'],
  ['instance-id', 3, 'string', 'Instance of the interface; `-` where a service manages the interface'],
  ['tcp-flags', 3, 'int', 'TCP flags of the interval, OR-ed: FIN 1, SYN 2, RST 4, SYN-ACK 18'],
  ['type', 3, 'string', 'IPv4, IPv6 or EFA'],
  ['pkt-srcaddr', 3, 'string', 'Source address in the packet itself, behind NAT and transit gateways'],
  ['pkt-dstaddr', 3, 'string', 'Destination address in the packet itself, behind NAT and transit gateways'],
  ['region', 4, 'string', 'Region of the interface'],
  ['az-id', 4, 'string', 'Availability zone id of the interface'],
  ['sublocation-type', 4, 'string', 'wavelength, outpost or localzone'],
  ['sublocation-id', 4, 'string', 'Id of the sublocation'],
  ['pkt-src-aws-service', 5, 'string', 'AWS service that owns the source address'],
  ['pkt-dst-aws-service', 5, 'string', 'AWS service that owns the destination address'],
  ['flow-direction', 5, 'string', 'ingress or egress, seen from the interface'],
  [
    'traffic-path',
    5,
    'int',
    'Way out of egress traffic: 1 same VPC, 2 internet or gateway endpoint, 3 virtual private gateway, 4 peering in the region, 5 peering to another region, 6 local gateway, 7 gateway endpoint, 8 internet gateway',
  ],
  ['resource-type', 6, 'string', 'Kind of resource of a transit gateway record'],
  ['tgw-id', 6, 'string', 'Transit gateway'],
  ['tgw-attachment-id', 6, 'string', 'Attachment the record was taken on'],
  ['tgw-src-vpc-account-id', 6, 'string', 'Account of the source VPC'],
  ['tgw-dst-vpc-account-id', 6, 'string', 'Account of the destination VPC'],
  ['tgw-src-vpc-id', 6, 'string', 'Source VPC'],
  ['tgw-dst-vpc-id', 6, 'string', 'Destination VPC'],
  ['tgw-src-subnet-id', 6, 'string', 'Source subnet'],
  ['tgw-dst-subnet-id', 6, 'string', 'Destination subnet'],
  ['tgw-src-eni', 6, 'string', "Source attachment's network interface"],
  ['tgw-dst-eni', 6, 'string', "Destination attachment's network interface"],
  ['tgw-src-az-id', 6, 'string', 'Source availability zone id'],
  ['tgw-dst-az-id', 6, 'string', 'Destination availability zone id'],
  ['tgw-pair-attachment-id', 6, 'string', 'The attachment on the other side'],
  ['packets-lost-no-route', 6, 'bigint', 'Packets lost because no route was known'],
  ['packets-lost-blackhole', 6, 'bigint', 'Packets lost in a blackhole route'],
  ['packets-lost-mtu-exceeded', 6, 'bigint', 'Packets lost because they were too large'],
  ['packets-lost-ttl-expired', 6, 'bigint', 'Packets lost because their time to live ran out'],
  ['ecs-cluster-arn', 7, 'string', 'ECS cluster'],
  ['ecs-cluster-name', 7, 'string', "ECS cluster's name"],
  ['ecs-container-instance-arn', 7, 'string', 'ECS container instance'],
  ['ecs-container-instance-id', 7, 'string', "ECS container instance's id"],
  ['ecs-container-id', 7, 'string', "First container's runtime id"],
  ['ecs-second-container-id', 7, 'string', "Second container's runtime id"],
  ['ecs-service-name', 7, 'string', 'ECS service'],
  ['ecs-task-definition-arn', 7, 'string', 'ECS task definition'],
  ['ecs-task-arn', 7, 'string', 'ECS task'],
  ['ecs-task-id', 7, 'string', "ECS task's id"],
  ['reject-reason', 8, 'string', 'Why a record was rejected: BPA (block public access)'],
  ['resource-id', 9, 'string', 'Regional NAT gateway the record was taken on'],
  ['encryption-status', 10, 'int', '0 none, 1 by Nitro, 2 by the application (TLS), 3 both'],
];

/** Every known field by its name in a header line. */
export const FLOW_FIELDS: ReadonlyMap<string, FlowField> = new Map(
  FIELDS.map(([name, sinceVersion, type, description]) => [name, { name, sinceVersion, type, description }]),
);
