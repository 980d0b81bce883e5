/** The invented network of the demo: two accounts, four VPCs, six flow logs. Data only. */

export type Role = 'web' | 'app' | 'database' | 'cache' | 'nat' | 'idle';

/** A network interface and what sits on it. */
export type Host = {
  readonly address: string;
  readonly ipv6?: string;
  readonly interfaceId: string;
  readonly instanceId: string;
  readonly subnetId: string;
  readonly azId: string;
  readonly role: Role;
};

/** One flow log: where its objects go and which columns they have. */
export type FlowLog = {
  readonly id: string;
  readonly accountId: string;
  readonly region: string;
  readonly vpcId: string;
  readonly layout: 'plain' | 'hive';
  readonly fields: readonly string[];
  readonly hosts: readonly Host[];
};

const V2 =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status'.split(
    ' ',
  );
const V3 = 'vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr'.split(' ');
const V4 = 'region az-id sublocation-type sublocation-id'.split(' ');
const V5 = 'pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path'.split(' ');
/** What a person picks who cares about NAT: packet-level ends, flags, and the newest fields. */
const NAT_CUSTOM =
  'version account-id interface-id resource-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr srcport dstport protocol tcp-flags packets bytes start end action reject-reason encryption-status flow-direction log-status'.split(
    ' ',
  );
const TRANSIT_GATEWAY =
  'version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id tgw-src-vpc-id tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id tgw-dst-az-id tgw-pair-attachment-id srcaddr dstaddr srcport dstport protocol packets bytes start end log-status type packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired tcp-flags region flow-direction pkt-src-aws-service pkt-dst-aws-service'.split(
    ' ',
  );

export const PROD = '111122223333';
export const DEV = '444455556666';

function host(role: Role, address: string, tail: string, place: string, ipv6?: string): Host {
  const isInstance = role !== 'nat' && role !== 'idle';
  return {
    role,
    address,
    interfaceId: `eni-0${tail}${tail[3]}`,
    instanceId: isInstance ? `i-0${tail.split('').reverse().join('')}${tail[5]}` : '-',
    subnetId: `subnet-0${place.startsWith('u') ? 'a7' : 'e4'}${place.at(-1)}d31c905b8f2a${address.split('.')[2]!.padStart(2, '0')}`,
    azId: place,
    ...(ipv6 === undefined ? {} : { ipv6 }),
  };
}

/** Opens the C2 connections. A web server in a public subnet: no NAT in its way. */
export const BEACONING_HOST = host('web', '10.0.4.17', '4b7e20d95a8136c', 'use1-az1');
/** Reached from the first host by SSH, then beacons itself and sends the data out, through the NAT gateway. */
export const EXFILTRATING_HOST = host('app', '10.0.9.8', '8a31c6e07b25df9', 'use1-az2');
export const NAT_GATEWAY = {
  ...host('nat', '10.0.0.220', 'a5d83f17c2094be', 'use1-az1'),
  resourceId: 'nat-0a61c9f2b7e3d8450',
};
/** Answers SSH over IPv6. */
export const SSH_HOST = host('app', '10.1.2.40', 'd19f6a3c57e0b84', 'use1-az4', '2001:db8:d0:240::40');
/** Its security group lets nothing out to the indicator. */
export const BLOCKED_HOST = host('app', '10.2.1.33', '37cd1e8b90f4a62', 'euw1-az1');

const PROD_WEB = [
  host('web', '10.0.4.18', 'f2c4810e6d7b93a', 'use1-az1', '2001:db8:a0:4::18'),
  host('web', '10.0.4.23', '6e905bd2a71c8f4', 'use1-az1'),
];
const PROD_EU_WEB = host('web', '10.2.1.11', '59b3ea7046d1f28', 'euw1-az1', '2001:db8:e0:1::11');
const DEV_EU_WEB = host('web', '10.3.1.7', 'c80f4d6b1e2a795', 'euw1-az3');
export const DEV_RUNNER = host('app', '10.1.2.41', '2d7b0f9e4c6a518', 'use1-az4');
export const PROD_REGISTRY = host('app', '10.0.9.5', '94e1a6c3d80b7f2', 'use1-az2');

/** The six hosts that the scanner from 192.0.2.0/24 knocks at. */
export const SCANNED_HOSTS = [BEACONING_HOST, ...PROD_WEB, PROD_EU_WEB, SSH_HOST, DEV_EU_WEB];

export const TRANSIT = {
  id: 'tgw-0b93e5d1f7a2c6084',
  attachments: { [PROD]: 'tgw-attach-0e4c7a19d3b85f260', [DEV]: 'tgw-attach-05d2f8b6a1c3e7940' } as Readonly<
    Record<string, string>
  >,
  prodVpc: 'vpc-0a3c5e7f91b2d4680',
  devVpc: 'vpc-0d17b4a6c8e0f2539',
};

const plain = { accountId: PROD, layout: 'plain' } as const;
const hive = { accountId: DEV, layout: 'hive' } as const;

export const FLOW_LOGS: readonly FlowLog[] = [
  {
    ...plain,
    id: 'fl-0a47c1d6e93b52f80',
    region: 'us-east-1',
    vpcId: TRANSIT.prodVpc,
    fields: [...V2, ...V3, ...V4, ...V5],
    hosts: [
      BEACONING_HOST,
      ...PROD_WEB,
      PROD_REGISTRY,
      host('app', '10.0.9.6', 'b06d8e3f5a9c174', 'use1-az2'),
      EXFILTRATING_HOST,
      host('database', '10.0.12.10', '1f8a42c6b7e0d95', 'use1-az2'),
      host('cache', '10.0.12.21', 'e7340b9d1c5f8a6', 'use1-az2'),
      host('idle', '10.0.12.99', '75c2d90e8b3a6f1', 'use1-az2'),
    ],
  },
  {
    ...plain,
    id: 'fl-0b82f5a9c40d71e36',
    region: 'us-east-1',
    vpcId: TRANSIT.prodVpc,
    fields: NAT_CUSTOM,
    hosts: [NAT_GATEWAY],
  },
  { ...plain, id: 'fl-0e15d8b37a6c2f904', region: 'us-east-1', vpcId: '-', fields: TRANSIT_GATEWAY, hosts: [] },
  {
    ...plain,
    id: 'fl-0c96e2f4b81a7d053',
    region: 'eu-west-1',
    vpcId: 'vpc-0e82f0b7d4a6c1935',
    // The console's custom format comes in alphabetical order.
    fields: [...V2, ...V3, ...V4, ...V5].sort(),
    hosts: [
      PROD_EU_WEB,
      BLOCKED_HOST,
      host('database', '10.2.1.50', 'a94f0d7c2e6b813', 'euw1-az2'),
      host('idle', '10.2.1.90', '0b6e5d8f3a17c92', 'euw1-az2'),
    ],
  },
  {
    ...hive,
    id: 'fl-0d38a7c5f12e6b940',
    region: 'us-east-1',
    vpcId: TRANSIT.devVpc,
    fields: V2,
    hosts: [
      SSH_HOST,
      DEV_RUNNER,
      host('cache', '10.1.2.55', '83a7f1e5c0d9b46', 'use1-az4'),
      host('idle', '10.1.2.91', '4e9d6c8a0f3b752', 'use1-az4'),
    ],
  },
  {
    ...hive,
    id: 'fl-0f64b9e1d8a30c572',
    region: 'eu-west-1',
    vpcId: 'vpc-0b59c7e3f1d8a2064',
    fields: [...V2, ...V3],
    hosts: [
      DEV_EU_WEB,
      host('app', '10.3.1.8', 'd5b7e2840f6a9c1', 'euw1-az3'),
      host('database', '10.3.1.20', '6c0a9f4e7d81b53', 'euw1-az3'),
    ],
  },
];
