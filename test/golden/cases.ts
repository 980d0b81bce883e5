/**
 * The golden cases: log objects, and what each query of the catalogue answers over them, written by hand. Every engine is held
 * to the same rows.
 */
import { DAY_1, DAY_2, EU, type LogFolder, US } from './log-folder.ts';

const FULL =
  'account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status ' +
  'vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr';
const MINE = '111122223333 eni-a';
const [S, T] = [DAY_1, DAY_2];
const US_ROWS = [
  `${MINE} 10.0.0.5 203.0.113.7 50000 443 6 10 1000 ${S} ${S + 60} ACCEPT OK vpc-1 subnet-1 i-1 2 IPv4 10.0.0.5 203.0.113.7`,
  `${MINE} 203.0.113.7 10.0.0.5 443 50000 6 8 5001 ${S} ${S + 60} ACCEPT OK vpc-1 subnet-1 i-1 18 IPv4 203.0.113.7 10.0.0.5`,
  `${MINE} 198.51.100.9 10.0.0.5 40000 22 6 1 40 ${S + 120} ${S + 121} REJECT OK vpc-1 subnet-1 i-1 2 IPv4 198.51.100.9 10.0.9.9`,
  `${MINE} 198.51.100.9 10.0.0.5 40001 53 17 1 60 ${S + 120} ${S + 122} REJECT OK vpc-1 subnet-1 i-1 0 IPv4 198.51.100.9 10.0.9.9`,
  `${MINE} - - - - - - - ${S + 180} ${S + 240} - NODATA vpc-1 subnet-1 i-1 - - - -`,
  `111122223333 eni-b 10.0.0.6 10.0.0.6 80 80 6 2 100 ${S + 300} ${S + 300} ACCEPT OK vpc-1 subnet-1 - 0 IPv4 10.0.0.6 10.0.0.6`,
  `111122223333 eni-b 2001:db8::5 2001:db8:77::1 6000 443 6 3 300 ${S + 310} ${S + 320} ACCEPT OK vpc-1 subnet-2 i-2 2 IPv6 2001:db8::5 2001:db8:77::1`,
];
/** Another order, fewer fields, and counters as large as they come. */
const SHORT =
  'version srcaddr dstaddr bytes packets protocol dstport srcport end start account-id interface-id log-status action';
const MOST = '9223372036854775807';
const EU_ROWS = [
  `2 10.1.0.9 203.0.113.7 ${MOST} 7 6 8443 3389 ${T + 10} ${T} 444455556666 eni-c OK ACCEPT`,
  `2 10.1.0.9 203.0.113.7 ${MOST} 7 6 8443 3389 ${T + 30} ${T + 20} 444455556666 eni-c OK ACCEPT`,
];
const JSON_LINES = [
  `{"ip":"203.0.113.7","start_time":"2026-09-01 00:10:00","in_bytes":${MOST},"local_port":443,"interface_local_ips":["10.0.0.5"]}`,
  '{"ip":"203.0.113.7","start_time":"2026-09-01 00:05:00","in_bytes":12,"local_port":"443"}',
  'this is no JSON',
  '',
  '{"ip":"198.51.100.9","start_time":"2026-09-01 00:00:00","protocol":"tcp"}',
  '{"ip":"198.51.100.9"',
];

const SUMS = 'total_bytes,total_packets,record_count';
const LISTED =
  'start_time,end_time,account,interfaceid,sourceaddress,sourceport,destinationaddress,destinationport,protocol,numpackets,numbytes,action';
const TABLE =
  'version,account,interfaceid,sourceaddress,destinationaddress,sourceport,destinationport,protocol,numpackets,numbytes,' +
  'starttime,endtime,action,logstatus,vpcid,type,tcpflags,subnetid,sublocationtype,sublocationid,region,pktsrcaddr,' +
  'pktdstaddr,instanceid,azid,pkt_src_aws_service,pkt_dst_aws_service,flow_direction,traffic_path,' +
  'date_partition,region_partition,account_partition';
const JSON_TABLE =
  'is_rejected_packet,avg_in_packet_size,vpc_id,local_port,source_dc,ip,end_time,remote_port,start_time,protocol,in_bytes,' +
  'source_tag,account_id,instance_id,interface_public_ips,out_bytes,is_skipped_rejected_packets,source_az,source_region,' +
  'avg_out_packet_size,instance_type,interface_local_ips';
const ADMIN =
  '"22,23,2082,2083,2086,2087,2222,3389,4848,5900,5901,5902,5903,5985,5986,7001,8006,8080,8443,8888,9090,9443,10000"';
const TO_SSH = `2026/09/01 00:02:00,2026/09/01 00:02:01,111122223333,eni-a,198.51.100.9,40000,10.0.0.5,22,6,1,40,REJECT`;
const OUT_EU = `444455556666,eni-c,10.1.0.9,3389,203.0.113.7,8443,6,7,${MOST},ACCEPT`;
const V6_ROW = `,111122223333,eni-b,2001:db8::5,2001:db8:77::1,6000,443,6,3,300,${S + 310},${S + 320},ACCEPT,OK,vpc-1,IPv6,2,subnet-2,,,,2001:db8::5,2001:db8:77::1,i-2,,,,,,2026/09/01,us-east-1,111122223333`;

export type Case = { readonly name: string; readonly parameters?: Record<string, string>; readonly rows: string[] };

export const CASES: Case[] = [
  { name: 'row_count', rows: ['row_count', '9'] },
  { name: 'row_count', parameters: { date_from: '2026-09-02' }, rows: ['row_count', '2'] },
  { name: 'row_count', parameters: { regions: 'us-east-1,us-west-2' }, rows: ['row_count', '7'] },
  { name: 'row_count', parameters: { accounts: '444455556666' }, rows: ['row_count', '2'] },
  {
    name: 'sample',
    parameters: { limit: '1', accounts: '444455556666' },
    rows: [
      TABLE,
      `2,444455556666,eni-c,10.1.0.9,203.0.113.7,3389,8443,6,7,${MOST},${T},${T + 10},ACCEPT,OK,,,,,,,,,,,,,,,,2026/09/02,eu-west-1,444455556666`,
    ],
  },
  {
    name: 'top_ips',
    parameters: { limit: '4' },
    rows: ['ip,cnt', '10.0.0.5,4', '203.0.113.7,4', '10.1.0.9,2', '198.51.100.9,2'],
  },
  { name: 'timeline', parameters: { ip: '2001:DB8:0::5' }, rows: [TABLE, V6_ROW] },
  {
    name: 'data_ratio',
    parameters: { ip: '10.0.0.5' },
    rows: [
      'sourceaddress,destinationaddress,record_count,total_bytes,data_ratio,first_seen,last_seen',
      '203.0.113.7,10.0.0.5,1,5001,5001.00,2026/09/01 00:00:00,2026/09/01 00:01:00',
      '10.0.0.5,203.0.113.7,1,1000,1000.00,2026/09/01 00:00:00,2026/09/01 00:01:00',
      '198.51.100.9,10.0.0.5,2,100,50.00,2026/09/01 00:02:00,2026/09/01 00:02:02',
    ],
  },
  {
    name: 'data_ratio',
    parameters: { ip: '10.1.0.9' },
    rows: [
      'sourceaddress,destinationaddress,record_count,total_bytes,data_ratio,first_seen,last_seen',
      `10.1.0.9,203.0.113.7,2,18446744073709551614,${MOST}.00,2026/09/02 00:00:00,2026/09/02 00:00:30`,
    ],
  },
  {
    name: 'VpcFlowLogsAcceptedTraffic',
    rows: [
      `sourceaddress,destinationaddress,destinationport,protocol,${SUMS}`,
      '10.1.0.9,203.0.113.7,8443,6,18446744073709551614,14,2',
      '203.0.113.7,10.0.0.5,50000,6,5001,8,1',
      '10.0.0.5,203.0.113.7,443,6,1000,10,1',
      '2001:db8::5,2001:db8:77::1,443,6,300,3,1',
      '10.0.0.6,10.0.0.6,80,6,100,2,1',
    ],
  },
  {
    name: 'VpcFlowLogsAdminPortTraffic',
    rows: [`address,admin_ports,${SUMS}`, `203.0.113.7,${ADMIN},18446744073709551614,14,2`, `10.0.0.5,${ADMIN},40,1,1`],
  },
  {
    // No destination port is 3389, so the source answers from it.
    name: 'VpcFlowLogsAdminPortTraffic',
    parameters: { ports: '3389, 22' },
    rows: [`address,admin_ports,${SUMS}`, '10.1.0.9,"3389,22",18446744073709551614,14,2', '10.0.0.5,"3389,22",40,1,1'],
  },
  { name: 'VpcFlowLogsIPv4Traffic', rows: [SUMS, '18446744073709557815,36,7'] },
  { name: 'VpcFlowLogsIPv6Traffic', rows: [SUMS, '300,3,1'] },
  {
    name: 'VpcFlowLogsRejectedTCPTraffic',
    rows: [`sourceaddress,destinationaddress,destinationport,${SUMS}`, '198.51.100.9,10.0.0.5,22,40,1,1'],
  },
  {
    name: 'VpcFlowLogsRejectedTraffic',
    rows: [
      `sourceaddress,destinationaddress,destinationport,protocol,${SUMS}`,
      '198.51.100.9,10.0.0.5,22,6,40,1,1',
      '198.51.100.9,10.0.0.5,53,17,60,1,1',
    ],
  },
  {
    name: 'VpcFlowLogsSshRdpTraffic',
    rows: [
      LISTED,
      `2026/09/02 00:00:20,2026/09/02 00:00:30,${OUT_EU}`,
      `2026/09/02 00:00:00,2026/09/02 00:00:10,${OUT_EU}`,
      TO_SSH,
    ],
  },
  {
    name: 'VpcFlowLogsTopTalkers',
    rows: [
      `address,${SUMS}`,
      '203.0.113.7,18446744073709557615,32,4',
      '10.1.0.9,18446744073709551614,14,2',
      '10.0.0.5,6101,20,4',
      '2001:db8:77::1,300,3,1',
      '2001:db8::5,300,3,1',
      '10.0.0.6,100,2,1',
      '198.51.100.9,100,2,2',
    ],
  },
  {
    name: 'VpcFlowLogsTopTalkersPacketLevel',
    rows: [
      `address,${SUMS}`,
      '10.0.0.5,6001,18,2',
      '203.0.113.7,6001,18,2',
      '2001:db8:77::1,300,3,1',
      '2001:db8::5,300,3,1',
      '10.0.0.6,100,2,1',
      '10.0.9.9,100,2,2',
      '198.51.100.9,100,2,2',
    ],
  },
  { name: 'VpcFlowLogsTopTalkingInstances', rows: [`instanceid,${SUMS}`, 'i-1,6101,20,4', 'i-2,300,3,1'] },
  { name: 'VpcFlowLogsTopTalkingSubnets', rows: [`subnetid,${SUMS}`, 'subnet-1,6201,22,5', 'subnet-2,300,3,1'] },
  {
    name: 'VpcFlowLogsTopTCPTraffic',
    parameters: { ip: '198.51.100.9' },
    rows: [`sourceaddress,destinationaddress,destinationport,${SUMS}`, '198.51.100.9,10.0.0.5,22,40,1,1'],
  },
  {
    name: 'VpcFlowLogsTotalBytesTransferred',
    parameters: { limit: '3' },
    rows: [
      `sourceaddress,destinationaddress,${SUMS}`,
      '10.1.0.9,203.0.113.7,18446744073709551614,14,2',
      '203.0.113.7,10.0.0.5,5001,8,1',
      '10.0.0.5,203.0.113.7,1000,10,1',
    ],
  },
  {
    name: 'VpcFlowLogsTotalBytesTransferredPacketLevel',
    rows: [
      `pktsrcaddr,pktdstaddr,${SUMS}`,
      '203.0.113.7,10.0.0.5,5001,8,1',
      '10.0.0.5,203.0.113.7,1000,10,1',
      '2001:db8::5,2001:db8:77::1,300,3,1',
      '10.0.0.6,10.0.0.6,100,2,1',
      '198.51.100.9,10.0.9.9,100,2,2',
    ],
  },
  {
    name: 'VpcFlowLogsTrafficFrmSrcAddr',
    parameters: { ip: '198.51.100.9' },
    rows: [
      LISTED,
      TO_SSH,
      '2026/09/01 00:02:00,2026/09/01 00:02:02,111122223333,eni-a,198.51.100.9,40001,10.0.0.5,53,17,1,60,REJECT',
    ],
  },
  {
    name: 'VpcFlowLogsTrafficToDstAddr',
    parameters: { ip: '203.0.113.7', limit: '2' },
    rows: [
      LISTED,
      '2026/09/01 00:00:00,2026/09/01 00:01:00,111122223333,eni-a,10.0.0.5,50000,203.0.113.7,443,6,10,1000,ACCEPT',
      `2026/09/02 00:00:00,2026/09/02 00:00:10,${OUT_EU}`,
    ],
  },
];

export const JSON_CASES: Case[] = [
  { name: 'vpc_flow_logs_row_count', rows: ['row_count', '3'] },
  {
    name: 'vpc_flow_logs_sample',
    parameters: { limit: '1' },
    rows: [JSON_TABLE, `,,,443,,203.0.113.7,,,2026-09-01 00:10:00,,${MOST},,,,,,,,,,,"[""10.0.0.5""]"`],
  },
  { name: 'vpc_flow_logs_top_ips', rows: ['ip,cnt', '203.0.113.7,2', '198.51.100.9,1'] },
  {
    name: 'vpc_flow_logs_timeline',
    parameters: { ip: '203.0.113.7' },
    rows: [
      JSON_TABLE,
      ',,,443,,203.0.113.7,,,2026-09-01 00:05:00,,12,,,,,,,,,,,',
      `,,,443,,203.0.113.7,,,2026-09-01 00:10:00,,${MOST},,,,,,,,,,,"[""10.0.0.5""]"`,
    ],
  },
];

const DIRECTIONAL =
  'account,interfaceid,source,destination,direction,connecting_ip,connecting_port,protocol,numpackets,numbytes,action,' +
  'logstatus,startTime,endTime,sessionTime';

/** Both labels, IPv6, a CIDR left out. */
export const DIRECTIONAL_CASE = {
  name: 'incident_vpc_flow_directional',
  parameters: { accounts: '111122223333' },
  list: 'threat_ip,threat_comment\n203.0.113.7,c2\n2001:db8:77:0::1,v6\n198.51.100.0/24,net\n',
  /** What becomes of the list in the table incident_iocs. */
  table: '"203.0.113.7","c2"\n"2001:db8:77::1","v6"\n',
  rows: [
    DIRECTIONAL,
    '111122223333,eni-a,10.0.0.5:50000,203.0.113.7:443,INBOUND,10.0.0.5,50000,6,10,1000,ACCEPT,OK,2026-09-01 00:00:00.000,2026-09-01 00:01:00.000,60',
    '111122223333,eni-a,203.0.113.7:443,10.0.0.5:50000,OUTBOUND,10.0.0.5,50000,6,8,5001,ACCEPT,OK,2026-09-01 00:00:00.000,2026-09-01 00:01:00.000,60',
    '111122223333,eni-b,2001:db8::5:6000,2001:db8:77::1:443,INBOUND,2001:db8::5,6000,6,3,300,ACCEPT,OK,2026-09-01 00:05:10.000,2026-09-01 00:05:20.000,10',
  ],
};

/** Days of the golden objects, which one machine finds by itself. */
export const DAYS = { date_from: '2026-09-01', date_to: '2026-09-02' };

/** Two flow logs in two formats, and a file of JSON records beside them. */
export function fillFolder(folder: LogFolder): void {
  folder.add(US, [FULL, ...US_ROWS]);
  folder.add(EU, [SHORT, ...EU_ROWS], 'fl-0b1b2c3d4e5f60719');
  folder.addFile('records.json', JSON_LINES.map((line) => `${line}\n`).join(''));
}

const VIEW_HEADER =
  'account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';
const VIEW_ROWS = [
  // Both ends are indicators; two records that are the same but for nothing; a time past the year 9999; absent ports.
  `111122223333 eni-a 203.0.113.7 198.51.100.9 1 2 6 3 4 ${DAY_1} ${DAY_1 + 1} ACCEPT OK`,
  `111122223333 eni-a 203.0.113.7 203.0.113.7 1 2 6 3 4 ${DAY_1} ${DAY_1 + 1} ACCEPT OK`,
  `111122223333 eni-a 10.0.0.5 203.0.113.7 1 2 6 3 4 ${DAY_1} ${DAY_1 + 1} ACCEPT OK`,
  `111122223333 eni-a 10.0.0.5 203.0.113.7 1 2 6 3 4 ${DAY_1} ${DAY_1 + 1} ACCEPT OK`,
  `111122223333 - 10.0.0.5 203.0.113.7 - - 6 - - 253402300800 253402300801 - SKIPDATA`,
  `111122223333 eni-a 10.0.0.5 203.0.113.70 1 2 6 3 4 ${DAY_1} ${DAY_1 + 1} ACCEPT OK`,
  '111122223333 eni-a - - - - - - - - - - NODATA',
];
const FIRST_SECOND = '2026-09-01 00:00:00.000,2026-09-01 00:00:01.000,1';

/** Rows made to tell the directional view from others like it. */
export const VIEW_CASE = {
  lines: [VIEW_HEADER, ...VIEW_ROWS],
  iocs: [
    { address: '203.0.113.7', comment: 'a' },
    { address: '198.51.100.9', comment: 'b' },
    { address: '203.0.113.7', comment: 'named twice' },
  ],
  /** In the order of their text. */
  directional: [
    '111122223333,-,,,INBOUND,10.0.0.5,,6,,,-,SKIPDATA,,,1',
    `111122223333,eni-a,10.0.0.5:1,203.0.113.7:2,INBOUND,10.0.0.5,1,6,3,4,ACCEPT,OK,${FIRST_SECOND}`,
    `111122223333,eni-a,10.0.0.5:1,203.0.113.7:2,INBOUND,10.0.0.5,1,6,3,4,ACCEPT,OK,${FIRST_SECOND}`,
    `111122223333,eni-a,203.0.113.7:1,198.51.100.9:2,INBOUND,203.0.113.7,1,6,3,4,ACCEPT,OK,${FIRST_SECOND}`,
    `111122223333,eni-a,203.0.113.7:1,198.51.100.9:2,OUTBOUND,198.51.100.9,2,6,3,4,ACCEPT,OK,${FIRST_SECOND}`,
    `111122223333,eni-a,203.0.113.7:1,203.0.113.7:2,INBOUND,203.0.113.7,1,6,3,4,ACCEPT,OK,${FIRST_SECOND}`,
    `111122223333,eni-a,203.0.113.7:1,203.0.113.7:2,OUTBOUND,203.0.113.7,2,6,3,4,ACCEPT,OK,${FIRST_SECOND}`,
  ],
  json: '{"vpc_id":"vpc-1"}\n{"other":1}\n{}\nnull\n"text"\n',
  vpcIds: ['vpc-1'],
};
