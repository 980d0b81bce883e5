/**
 * Random whole cases: small pools of addresses, accounts, interfaces and days, so that hits, overlaps, both ends,
 * NAT legs and collisions of every kind are frequent.
 */
import fc from 'fast-check';
import { type ListArbitraryOptions, listFiles, REMOTES } from './arbitrary-lists.ts';
import type { ListFile } from './oracle-indicators.ts';
import type { CaseObject, Packing } from './world.ts';

export type Case = {
  readonly objects: readonly CaseObject[];
  readonly lists: readonly ListFile[];
  readonly allow: string | undefined;
  readonly own: readonly string[];
};

export const ACCOUNTS = ['111122223333', '444455556666'];
export const REGIONS = ['us-east-1', 'eu-central-1', 'us-gov-west-1', 'cn-north-1'];
const DAYS = ['2026-08-31', '2026-09-01', '2026-09-02'];
const FLOW_LOGS = ['fl-0a1b2c3d4e5f60001', 'fl-0a1b2c3d4e5f60002', 'fl-0a1b2c3d4e5f60003'];
const INTERFACES = ['eni-0a000000000000001', 'eni-0a000000000000002'];
const LOCALS = ['10.0.0.5', '10.0.0.5', '172.31.0.9', 'fd00:ec2::a', '2001:db8:1::5'];

const V2 =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';
const DEFAULT_FORMAT = V2.split(' ');
const OPTIONAL_FIELDS = [
  ...DEFAULT_FORMAT.filter((name) => name !== 'srcaddr' && name !== 'dstaddr'),
  ...'vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id sublocation-type'.split(' '),
  ...'sublocation-id pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path'.split(' '),
  ...'ecs-cluster-name ecs-task-id reject-reason resource-id encryption-status next-years-field'.split(' '),
];
const TGW_FORMAT = (
  'version resource-type account-id tgw-id tgw-attachment-id tgw-src-eni tgw-dst-eni srcaddr dstaddr srcport dstport ' +
  'protocol packets bytes start end log-status type packets-lost-no-route tcp-flags region flow-direction'
).split(' ');

/**
 * Where the values of a row come from. `plain` has canonical addresses only, as AWS writes them and as SQL compares
 * them; `clean` has nothing that AWS would not write; `narrow` has so few values that many rows add up to one sighting.
 */
type RowStyle = { readonly isPlain: boolean; readonly isClean: boolean; readonly isNarrow: boolean };

function few<T>(style: RowStyle, values: readonly T[], narrow: readonly T[]): fc.Arbitrary<T> {
  return fc.constantFrom(...(style.isNarrow ? narrow : values));
}

/** The same address as a log or a list might write it. */
const SPELLINGS: Record<string, string[]> = {
  '203.0.113.7': ['::ffff:203.0.113.7', '::FFFF:cb00:7107'],
  '2001:db8::7': ['2001:DB8::7', '2001:0db8:0000:0000:0000:0000:0000:0007', '2001:db8:0:0::7', '2001:db8::0.0.0.7'],
  '2001:db8:77::1': ['2001:db8:77:0:0:0:0:1', '2001:0DB8:77::0001'],
  'fd00:ec2::a': ['FD00:EC2::A', 'fd00:0ec2:0::000a'],
};

function addressField(style: RowStyle): fc.Arbitrary<string> {
  const canonical = fc.oneof(
    { weight: 5, arbitrary: few(style, LOCALS, ['10.0.0.5', 'fd00:ec2::a']) },
    { weight: 6, arbitrary: few(style, REMOTES, ['203.0.113.7', '203.0.113.9', '2001:db8::7']) },
  );
  const spelled = canonical.chain((text) => fc.constantFrom(text, text, ...(SPELLINGS[text] ?? [])));
  const absent = { weight: 1, arbitrary: fc.constant('-') };
  return fc.oneof({ weight: 14, arbitrary: style.isPlain ? canonical : spelled }, absent);
}

const LARGEST = '9223372036854775807';
const BAD_NUMBERS = [
  '-7',
  '1e3',
  '0x1F',
  '12.5',
  '9223372036854775808',
  '99999999999999999999',
  '',
  '+5',
  '1_000',
  'NaN',
  '٣',
];
const BAD_ADDRESSES = [
  '203.0.113.07',
  '203.0.113',
  '203.0.113.256',
  '2001:db8:::7',
  '1:2:3',
  'host',
  '',
  '203.0.113.7/32',
];
const COUNTERS = ['0', '1', '40', '1500', '4294967296', '9007199254740993'];

function counterField(): fc.Arbitrary<string> {
  const odd = fc.constantFrom('-', LARGEST, '007');
  return fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...COUNTERS) }, { weight: 1, arbitrary: odd });
}

function timeField(day: string): fc.Arbitrary<string> {
  const midnight = Date.parse(`${day}T00:00:00Z`) / 1000;
  const inside = fc.integer({ min: midnight - 120, max: midnight + 86_399 }).map(String);
  const edges = fc.constantFrom(midnight - 1, midnight, midnight + 300).map(String);
  return fc.oneof(
    { weight: 6, arbitrary: inside },
    { weight: 3, arbitrary: edges },
    { weight: 1, arbitrary: fc.constantFrom('-', '0') },
  );
}

function fieldValue(name: string, day: string, style: RowStyle): fc.Arbitrary<string> {
  if (name.endsWith('srcaddr') || name.endsWith('dstaddr')) return addressField(style);
  if (name === 'packets' || name === 'bytes') return counterField();
  if (name === 'start' || name === 'end') return timeField(day);
  if (name.endsWith('port')) return fc.constantFrom('0', '22', '443', '51234', '65535', '-');
  if (name === 'protocol') return fc.constantFrom('6', '6', '17', '1', '-');
  if (name === 'account-id')
    return few(style, [...ACCOUNTS, ...ACCOUNTS, 'unknown', '-', '11112222333'], ACCOUNTS.slice(0, 1));
  if (name === 'interface-id') return few(style, [...INTERFACES, ...INTERFACES, '-'], INTERFACES);
  if (name === 'region') return few(style, ['us-east-1', 'ap-south-1', '-'], ['us-east-1']);
  if (name === 'action') return fc.constantFrom('ACCEPT', 'ACCEPT', 'REJECT', '-');
  if (name === 'log-status') return fc.constantFrom('OK', 'OK', 'OK', 'OK', 'OK', 'NODATA', 'SKIPDATA');
  if (name === 'tcp-flags') return fc.constantFrom('2', '18', '3', '19', '0', '-');
  if (name === 'flow-direction') return fc.constantFrom('ingress', 'egress', '-');
  if (name === 'version') return fc.constantFrom('2', '3', '5', '10');
  return fc.constantFrom('-', 'x', '7', 'vpc-0a1b', '"x', 'é', '\\');
}

function row(fields: readonly string[], day: string, style: RowStyle): fc.Arbitrary<string[]> {
  return fc.tuple(...fields.map((name) => fieldValue(name, day, style)));
}

function noDataRow(fields: readonly string[], day: string, style: RowStyle): fc.Arbitrary<string[]> {
  const kept = ['version', 'account-id', 'interface-id', 'start', 'end'];
  const status = fc.constantFrom('NODATA', 'SKIPDATA');
  return fc
    .tuple(row(fields, day, style), status)
    .map(([values, text]) =>
      fields.map((name, i) => (name === 'log-status' ? text : kept.includes(name) ? values[i]! : '-')),
    );
}

/** One thing wrong with a good row; what is wrong decides whether anything is left of it. */
function spoiledRow(fields: readonly string[], day: string, style: RowStyle): fc.Arbitrary<string> {
  const numeric = ['packets', 'bytes', 'start', 'end', 'srcport', 'dstport', 'protocol'];
  const withValue = (names: readonly string[], bad: readonly string[]) =>
    fc
      .tuple(row(fields, day, style), fc.constantFrom(...names), fc.constantFrom(...bad))
      .map(([values, name, text]) => values.map((value, i) => (fields[i] === name ? text : value)).join(' '));
  const addresses = fields.filter((name) => name.endsWith('srcaddr') || name.endsWith('dstaddr'));
  const numbers = fields.filter((name) => numeric.includes(name));
  return fc.oneof(
    withValue(addresses, BAD_ADDRESSES),
    numbers.length === 0 ? fc.constant(fields.join(' ')) : withValue(numbers, BAD_NUMBERS),
    row(fields, day, style).map((values) => values.slice(1).join(' ')),
    row(fields, day, style).map((values) => `${values.join(' ')} extra`),
    row(fields, day, style).map((values) => values.join('  ')),
    row(fields, day, style).map((values) => values.join('\t')),
    row(fields, day, style).map((values) => `${values.join(' ')} `),
    row(fields, day, style).map((values) => ` ${values.join(' ')}`),
    fc.constant(fields.join(' ')),
    fc.constantFrom('\u0000\u0001\u007f', '{"srcaddr":"203.0.113.7"}', 'x'.repeat(70_000)),
  );
}

function line(fields: readonly string[], day: string, style: RowStyle): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 12, arbitrary: row(fields, day, style).map((values) => values.join(' ')) },
    { weight: 1, arbitrary: noDataRow(fields, day, style).map((values) => values.join(' ')) },
    ...(style.isClean
      ? []
      : [
          { weight: 2, arbitrary: spoiledRow(fields, day, style) },
          { weight: 1, arbitrary: fc.constant('') },
        ]),
  );
}

const chosenFields = fc.tuple(fc.subarray(OPTIONAL_FIELDS, { minLength: 4 }), fc.boolean()).chain(([names, isFull]) => {
  const fields = ['srcaddr', 'dstaddr', ...(isFull ? [...new Set([...names, ...DEFAULT_FORMAT.slice(5)])] : names)];
  return fc.shuffledSubarray(fields, { minLength: fields.length });
});

const format: fc.Arbitrary<string[]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(DEFAULT_FORMAT) },
  {
    weight: 3,
    arbitrary: fc.constant<string[]>([...DEFAULT_FORMAT, 'pkt-srcaddr', 'pkt-dstaddr', 'region', 'tcp-flags']),
  },
  { weight: 6, arbitrary: chosenFields },
  { weight: 1, arbitrary: fc.constant(TGW_FORMAT) },
);

/** Without both ends in the header an object has no row, whatever follows. */
const unusableHeader = fc.constantFrom(
  'version account-id srcaddr',
  'timestamp message',
  '{"a":1}',
  DEFAULT_FORMAT.join(','),
);

function content(fields: readonly string[], day: string, style: RowStyle): fc.Arbitrary<string> {
  return fc
    .record({
      header: fc.oneof(
        { weight: 20, arbitrary: fc.constant(fields.join(' ')) },
        { weight: style.isClean ? 0 : 1, arbitrary: unusableHeader },
      ),
      lines: fc.array(line(fields, day, style), { maxLength: 16, size: 'max' }),
      ending: fc.constantFrom('\n', '\n', '\n', '\r\n'),
      isTerminated: fc.boolean(),
      isLedByBlank: style.isClean ? fc.constant(false) : fc.integer({ min: 0, max: 15 }).map((n) => n === 0),
    })
    .map(({ header, lines, ending, isTerminated, isLedByBlank }) => {
      const text = [...(isLedByBlank ? [''] : []), header, ...lines].join(ending);
      // A CR that no LF follows is no line ending: the last line is left open only where lines end in LF alone.
      return isTerminated || ending === '\r\n' ? `${text}${ending}` : text;
    });
}

type Place = { account: string; region: string; day: string; hour: string; flowLog: string; serial: number };
type Layout = (place: Place) => string;

const LAYOUTS: Record<string, Layout> = {
  plain: ({ account, region, day }) => `AWSLogs/${account}/vpcflowlogs/${region}/${day.replaceAll('-', '/')}`,
  hourly: ({ hour, ...place }) => `${LAYOUTS.plain!({ ...place, hour })}/${hour}`,
  hive: ({ account, region, day }) => {
    const [year, month, date] = day.split('-');
    const head = `AWSLogs/aws-account-id=${account}/aws-service=vpcflowlogs/aws-region=${region}`;
    return `${head}/year=${year}/month=${month}/day=${date}`;
  },
  hiveHourly: ({ hour, ...place }) => `${LAYOUTS.hive!({ ...place, hour })}/hour=${hour}`,
  prefixed: (place) => `central/flow logs/${LAYOUTS.plain!(place)}`,
  oddlyPrefixed: (place) => `a[1]/b*{c}/${LAYOUTS.plain!(place)}`,
  organisation: (place) => LAYOUTS.plain!(place).replace('AWSLogs/', 'AWSLogs/o-a1b2c3d4e5/'),
};

function keyOf(layout: Layout, place: Place): string {
  const { account, region, day, hour, flowLog, serial } = place;
  const time = `${day.replaceAll('-', '')}T${hour}${String((serial * 5) % 60).padStart(2, '0')}Z`;
  const hash = serial.toString(16).padStart(8, '0');
  return `${layout(place)}/${account}_vpcflowlogs_${region}_${flowLog}_${time}_${hash}.log.gz`;
}

const soundPacking: fc.Arbitrary<Packing> = fc.oneof(
  { weight: 10, arbitrary: fc.constant<Packing>({ how: 'gzip' }) },
  { weight: 3, arbitrary: fc.array(share(), { maxLength: 3 }).map((at): Packing => ({ how: 'members', at })) },
);

const packing: fc.Arbitrary<Packing> = fc.oneof(
  { weight: 13, arbitrary: soundPacking },
  { weight: 2, arbitrary: share().map((at): Packing => ({ how: 'truncated', at })) },
  { weight: 1, arbitrary: share().map((at): Packing => ({ how: 'corrupt', at })) },
  { weight: 1, arbitrary: fc.constant<Packing>({ how: 'zero' }) },
);

function share(): fc.Arbitrary<number> {
  return fc.integer({ min: 0, max: 999 }).map((n) => n / 1000);
}

const FOREIGN = ['readme.txt', 'AWSLogs/111122223333/CloudTrail/us-east-1/2026/09/01/x.json.gz', 'AWSLogs/notes.gz'];

function objects(style: RowStyle): fc.Arbitrary<CaseObject[]> {
  const place = fc.record({
    account: few(style, ACCOUNTS, ACCOUNTS.slice(0, 1)),
    region: few(style, REGIONS, REGIONS.slice(0, 1)),
    day: fc.constantFrom(...DAYS),
    hour: fc.constantFrom('00', '07', '23'),
    flowLog: fc.constantFrom(...FLOW_LOGS),
    layout: fc.constantFrom(...Object.values(LAYOUTS)),
    format,
    packing: style.isClean ? soundPacking : packing,
    isForeign: fc.integer({ min: 0, max: 24 }).map((n) => n === 0),
  });
  return fc.array(place, { minLength: 1, maxLength: 6, size: 'max' }).chain((places) => {
    const made = places.map(({ layout, format: fields, packing: how, isForeign, ...where }, serial) => {
      const key = isForeign ? FOREIGN[serial % FOREIGN.length]! : keyOf(layout, { ...where, serial });
      // A flow log never changes its format, so the first object of an id gives it to the others.
      const first = places.find(({ flowLog }) => flowLog === where.flowLog)!;
      const own = first.format ?? fields;
      return content(own, where.day, style).map((text): CaseObject => ({ key, text, packing: how }));
    });
    return fc.tuple(...made).map((list) => [...new Map(list.map((object) => [object.key, object])).values()]);
  });
}

export type CaseOptions = ListArbitraryOptions & { readonly isPlain?: boolean; readonly isClean?: boolean };

export function cases(options: CaseOptions = {}): fc.Arbitrary<Case> {
  const isClean = options.isClean ?? false;
  const isPlain = options.isPlain ?? isClean;
  return fc.record({
    objects: fc.boolean().chain((isNarrow) => objects({ isPlain, isClean, isNarrow })),
    lists: listFiles(options),
    allow: fc.option(
      fc.constantFrom('203.0.113.7\n', '203.0.113.0/25 ours\n# x\n2001:db8::/64', '10.0.0.0/8', 'no address\n'),
      {
        nil: undefined,
        freq: 2,
      },
    ),
    own: fc.constantFrom([], [], ['198.51.100.0/25'], ['2001:db8:77::/48', '203.0.113.128/25']),
  });
}
