/** Files of the address index, and what the views and queries over it say, written by hand. Every engine is held to the same rows. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseIpv4 } from '../../src/core/address.ts';
import type { IndexedObject } from '../../src/core/address-index.ts';
import { encodeAddressIndex } from '../../src/core/address-index-writer.ts';
import { type Seen, toSeen } from '../property/seen.ts';
import type { Case } from './cases.ts';
import { DAY_1, DAY_2, EU, type Place, US } from './log-folder.ts';

type Addresses = Readonly<Record<string, 1 | 2 | 3>>;

/** IPv6 as 32 digits. */
const V6 = `20010db8${'7'.padStart(24, '0')}`;
const NO_TIME = { firstSeen: null, lastSeen: null };
const [S, T] = [DAY_1, DAY_2];
const FIRST = { firstSeen: S, lastSeen: S + 60 };

function seen(name: string, { account, region, day }: Place, addresses: Addresses, more: Partial<IndexedObject>): Seen {
  const all = Object.entries(addresses);
  const ipv4 = all.filter(([address]) => address.includes('.'));
  const date = day.replaceAll('/', '-');
  const stored = { sizeBytes: 1, etag: `"${name}-1"`, modified: S * 1000 };
  return {
    object: { key: `s3://logs/AWSLogs/${name}`, identity: name, accountId: account, region, date, ...stored },
    isWhole: true,
    ...FIRST,
    ...more,
    seen: toSeen(
      ipv4.map(([address, sides]) => [parseIpv4(address)!, sides]),
      all.filter(([address]) => !address.includes('.')),
    ),
  };
}

/** The same object with other content, delivered a second later. */
function again(one: Seen, other: Seen): Seen {
  return { ...other, object: { ...one.object, etag: '"other"', modified: one.object.modified + 1000 } };
}

const A = seen(
  'a.log.gz',
  US,
  {
    ...{ '0.0.0.0': 1, '255.255.255.255': 1, '10.0.0.5': 3, [V6]: 1 },
    // Ends of a range whose first digits change on the way.
    ...{ '203.0.112.255': 2, '203.0.113.0': 2, '203.0.113.7': 2, '203.0.115.1': 2 },
  },
  {},
);
const B_BEGUN = seen(
  'b.log.gz',
  US,
  { '203.0.113.7': 1, '192.0.2.1': 2 },
  { isWhole: false, firstSeen: S + 60, lastSeen: S + 90 },
);
const B = seen('b.log.gz', US, { '203.0.113.7': 1, '192.0.2.2': 2 }, { firstSeen: S + 30, lastSeen: S + 120 });
const C = seen('c.log.gz', { ...EU, day: US.day }, { '203.0.113.7': 2 }, { firstSeen: S + 5, lastSeen: S + 7 });
const D = seen('d.log.gz', US, {}, NO_TIME);
const E_BEFORE = seen('e.log.gz', US, { '198.51.100.1': 1 }, {});
const E_AFTER = again(E_BEFORE, seen('e.log.gz', US, { '198.51.100.2': 1 }, {}));
/** No time of a record is past the year 9999; one that says so has none. */
const F = seen('f.log.gz', US, { '198.51.100.3': 1 }, { firstSeen: 253_402_300_800, lastSeen: 253_402_300_801 });
const G = seen('g.log.gz', { ...US, day: EU.day }, { '203.0.113.7': 3, [V6]: 2 }, { firstSeen: T, lastSeen: T + 1 });

/** By key: three of one day, one of the next. */
export async function indexFiles(): Promise<ReadonlyMap<string, Uint8Array>> {
  const files: [string, Seen[]][] = [
    ['addresses/date=2026-09-01/one.gz', [A, B_BEGUN, C, D, E_BEFORE]],
    ['addresses/date=2026-09-01/other.gz', [B, E_AFTER, F]],
    // A repetition.
    ['addresses/date=2026-09-01/repeated.gz', [C, B_BEGUN]],
    ['addresses/date=2026-09-02/next.gz', [G]],
  ];
  const encoded = files.map(
    async ([key, objects]) => [key, Buffer.concat(await Array.fromAsync(encodeAddressIndex(objects)))] as const,
  );
  return new Map(await Promise.all(encoded));
}

export async function writeIndex(home: string): Promise<void> {
  for (const [key, bytes] of await indexFiles()) {
    mkdirSync(dirname(join(home, key)), { recursive: true });
    writeFileSync(join(home, key), bytes);
  }
}

const HERE = '2026-09-01,111122223333,us-east-1';
const FIRST_MINUTE = '2026-09-01 00:00:00.000,2026-09-01 00:01:00.000';
const OF_B = 'b.log.gz,2026-09-01 00:00:30.000,2026-09-01 00:02:00.000';
const NEXT = '2026-09-02,111122223333,us-east-1';
const OF_G = 'g.log.gz,2026-09-02 00:00:00.000,2026-09-02 00:00:01.000';

/** The view `addresses`, in the order of its text. */
export const ADDRESSES = [
  `${HERE},0.0.0.0,source,a.log.gz,${FIRST_MINUTE}`,
  `${HERE},10.0.0.5,destination,a.log.gz,${FIRST_MINUTE}`,
  `${HERE},10.0.0.5,source,a.log.gz,${FIRST_MINUTE}`,
  `${HERE},192.0.2.1,destination,${OF_B}`,
  `${HERE},192.0.2.2,destination,${OF_B}`,
  `${HERE},198.51.100.2,source,e.log.gz,${FIRST_MINUTE}`,
  `${HERE},198.51.100.3,source,f.log.gz,,`,
  `${HERE},2001:db8::7,source,a.log.gz,${FIRST_MINUTE}`,
  `${HERE},203.0.112.255,destination,a.log.gz,${FIRST_MINUTE}`,
  `${HERE},203.0.113.0,destination,a.log.gz,${FIRST_MINUTE}`,
  `${HERE},203.0.113.7,destination,a.log.gz,${FIRST_MINUTE}`,
  `${HERE},203.0.113.7,source,${OF_B}`,
  `${HERE},203.0.115.1,destination,a.log.gz,${FIRST_MINUTE}`,
  `${HERE},255.255.255.255,source,a.log.gz,${FIRST_MINUTE}`,
  '2026-09-01,444455556666,eu-west-1,203.0.113.7,destination,c.log.gz,2026-09-01 00:00:05.000,2026-09-01 00:00:07.000',
  `${NEXT},2001:db8::7,destination,${OF_G}`,
  `${NEXT},203.0.113.7,destination,${OF_G}`,
  `${NEXT},203.0.113.7,source,${OF_G}`,
];

const HISTORY = 'account_id,region,side,first_seen,last_seen,object_count';
const MINE = '111122223333,us-east-1';
const FIRST_MINUTE_TOLD = '2026/09/01 00:00:00,2026/09/01 00:01:00';

export const INDEX_CASES: Case[] = [
  {
    name: 'address_history',
    parameters: { ip: '203.0.113.7' },
    rows: [
      HISTORY,
      `${MINE},destination,2026/09/01 00:00:00,2026/09/02 00:00:01,2`,
      `${MINE},source,2026/09/01 00:00:30,2026/09/02 00:00:01,2`,
      '444455556666,eu-west-1,destination,2026/09/01 00:00:05,2026/09/01 00:00:07,1',
    ],
  },
  {
    name: 'address_history',
    parameters: { ip: '::ffff:203.0.113.7', date_from: '2026/09/02', accounts: '111122223333,777788889999' },
    rows: [
      HISTORY,
      `${MINE},destination,2026/09/02 00:00:00,2026/09/02 00:00:01,1`,
      `${MINE},source,2026/09/02 00:00:00,2026/09/02 00:00:01,1`,
    ],
  },
  {
    name: 'address_history',
    parameters: { ip: '203.0.113.7', date_to: '2026-09-01', regions: 'eu-west-1' },
    rows: [HISTORY, '444455556666,eu-west-1,destination,2026/09/01 00:00:05,2026/09/01 00:00:07,1'],
  },
  {
    name: 'address_history',
    parameters: { ip: '2001:DB8:0::7' },
    rows: [
      HISTORY,
      `${MINE},destination,2026/09/02 00:00:00,2026/09/02 00:00:01,1`,
      `${MINE},source,${FIRST_MINUTE_TOLD},1`,
    ],
  },
  {
    name: 'address_history',
    parameters: { ip: '0.0.0.0' },
    rows: [HISTORY, `${MINE},source,${FIRST_MINUTE_TOLD},1`],
  },
  {
    name: 'address_history',
    parameters: { ip: '255.255.255.255' },
    rows: [HISTORY, `${MINE},source,${FIRST_MINUTE_TOLD},1`],
  },
  { name: 'address_history', parameters: { ip: '198.51.100.3' }, rows: [HISTORY, `${MINE},source,,,1`] },
  { name: 'address_history', parameters: { ip: '198.51.100.1' }, rows: [HISTORY] },
  { name: 'address_history', parameters: { ip: '203.0.114.7' }, rows: [HISTORY] },
];
