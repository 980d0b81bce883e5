/** What scans may tell the address index, at random, and a naive index of it. For tests only. */
import fc from 'fast-check';
import { formatAddress, parseAddress } from '../../src/core/address.ts';
import type { IndexedObject } from '../../src/core/address-index.ts';
import { type AddressIndex, openAddressIndex } from '../../src/core/address-index-reader.ts';
import type { StoredLogObject } from '../../src/core/batch.ts';
import type { SeenAddresses } from '../../src/core/seen-addresses.ts';
import type { ObjectStore } from '../../src/ports.ts';
import { AddressWriter } from '../../src/tasks/address-writer.ts';

export type Seen = IndexedObject & { readonly seen: SeenAddresses };

/** Few neighbours and both ends of the space, so that objects share addresses, and any other. */
const ipv4 = fc.oneof(
  fc.constantFrom(0, 1, 0xffffffff, 0xfffffffe, 0x0a000000, 0x7fffffff, 0x80000000),
  fc.integer({ min: 0, max: 40 }).map((i) => 0x0a010203 + i),
  fc.integer({ min: 0, max: 0xffffffff }),
);
const ipv6 = fc.oneof(
  fc.constantFrom('0'.repeat(32), 'f'.repeat(32), `${'0'.repeat(31)}1`, `2001${'0'.repeat(28)}`, `${'f'.repeat(31)}e`),
  fc.integer({ min: 0, max: 40 }).map((i) => `20010db8${'0'.repeat(20)}${i.toString(16).padStart(4, '0')}`),
  fc.array(fc.constantFrom('0000', '0000', '1', 'ffff', 'a0b', '20'), { minLength: 8, maxLength: 8 }).map(joinGroups),
  fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }).map((number) => number.toString(16).padStart(32, '0')),
);
const side = fc.constantFrom(1, 2, 3);

export const anySeen: fc.Arbitrary<SeenAddresses> = fc
  .record({
    ipv4: fc.uniqueArray(fc.tuple(ipv4, side), { selector: ([word]) => word, maxLength: 30 }),
    ipv6: fc.uniqueArray(fc.tuple(ipv6, side), { selector: ([hex]) => hex, maxLength: 12 }),
  })
  .map((seen) => toSeen(seen.ipv4, seen.ipv6));

export function toSeen(
  ipv4: readonly (readonly [number, number])[],
  ipv6: readonly (readonly [string, number])[],
): SeenAddresses {
  const fours = [...ipv4].sort(([a], [b]) => a - b);
  // An IPv4-mapped address comes as IPv4.
  const sixes = ipv6.filter(([hex]) => !hex.startsWith(`${'0'.repeat(20)}ffff`)).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    ipv4: Uint32Array.from(fours, ([word]) => word),
    ipv4Sides: Uint8Array.from(fours, ([, sides]) => sides),
    ipv6: new Uint8Array(Buffer.from(sixes.map(([hex]) => hex).join(''), 'hex')),
    ipv6Sides: Uint8Array.from(sixes, ([, sides]) => sides),
  };
}

const PARTITIONS = [
  ['111122223333', 'us-east-1'],
  ['111122223333', 'eu-west-1'],
  ['444455556666', 'us-east-1'],
] as const;

/** A log object by its serial number: the same number is the same object, with the content `version`. */
export function toObject(serial: number, version = 1): IndexedObject {
  const [accountId, region] = PARTITIONS[serial % PARTITIONS.length]!;
  const identity = `${accountId}_vpcflowlogs_${region}_fl-0a1b2c3d4e5f60718_20260901T0005Z_${serial}.log.gz`;
  const key = `s3://logs/AWSLogs/${accountId}/vpcflowlogs/${region}/2026/09/01/${identity}`;
  const stored = { sizeBytes: 1000 + version, etag: `"e${serial}-${version}"`, modified: 1_788_220_800_000 + version };
  return {
    object: { key, identity, accountId, region, date: '2026-09-01', ...stored },
    isWhole: true,
    firstSeen: serial % 5 === 4 ? null : 1_788_220_800 + serial,
    lastSeen: serial % 5 === 4 ? null : 1_788_221_100 + serial,
  };
}

/** Objects of a day and what they hold; at times one comes in several pieces. */
export const anyDay: fc.Arbitrary<Seen[]> = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 30 }), anySeen), { maxLength: 24 })
  .map((objects) => objects.map(([serial, seen]) => ({ ...toObject(serial), seen })));

/** Address, identity and ETag → sides. */
export type NaiveIndex = Map<string, number>;

export function toNaiveIndex(day: readonly Seen[]): NaiveIndex {
  const index: NaiveIndex = new Map();
  const add = (words: readonly number[], { object }: Seen, sides: number) => {
    const key = `${formatAddress(words)} ${object.identity} ${object.etag}`;
    index.set(key, (index.get(key) ?? 0) | sides);
  };
  for (const object of day) {
    const { seen } = object;
    for (const [i, word] of seen.ipv4.entries()) add([word], object, seen.ipv4Sides[i]!);
    for (const [i, sides] of seen.ipv6Sides.entries()) {
      const bytes = Buffer.from(seen.ipv6.subarray(i * 16, i * 16 + 16));
      add(
        [0, 4, 8, 12].map((at) => bytes.readUInt32BE(at)),
        object,
        sides,
      );
    }
  }
  return index;
}

/** What the text of a file says, read as address-index.ts describes it and in no other way. */
export function readText(text: string): NaiveIndex {
  const lines = text.split('\n').slice(0, -1);
  const rows = lines.map((line) => line.split('\t'));
  if (rows.some((row) => row.length !== 8)) throw new Error('a line has other than eight columns');
  const named = (row: string[]) => ({ identity: row[4]!, etag: (JSON.parse(row[7]!) as { etag: string }).etag });
  const objects = new Map(
    rows.filter(([kind]) => kind === 'object' || kind === 'unfinished').map((row) => [row[1]!, named(row)]),
  );
  const index: NaiveIndex = new Map();
  for (const [kind, number, , , label, , , content] of rows) {
    if (kind !== 'ipv4' && kind !== 'ipv6') continue;
    const [group, side, mask] = [
      Math.floor(Number(number) / 45),
      (Math.floor(Number(number) / 15) % 3) + 1,
      (Number(number) % 15) + 1,
    ];
    const numbers = [0, 1, 2, 3].filter((bit) => mask & (2 ** bit)).map((bit) => String(group * 4 + bit));
    for (const address of kind === 'ipv6' ? content!.split(' ') : expandIpv4(label!, content!)) {
      for (const object of numbers) {
        const { identity, etag } = objects.get(object)!;
        const key = `${address} ${identity} ${etag}`;
        index.set(key, (index.get(key) ?? 0) | side);
      }
    }
  }
  return index;
}

function expandIpv4(label: string, content: string): string[] {
  const digits = 8 - label.length;
  return content.split(',').flatMap((rests, i) => {
    const prefix = label === '' ? '' : (Number.parseInt(label, 16) + i).toString(16).padStart(label.length, '0');
    const found = rests === '' ? [] : rests.match(new RegExp(`.{${digits}}`, 'g'))!;
    return found.map((rest) => formatAddress([Number.parseInt(prefix + rest, 16)]));
  });
}

function joinGroups(groups: string[]): string {
  return groups.map((group) => group.padStart(4, '0')).join('');
}

/** Opens the bytes of a file. */
export function openBytes(file: Uint8Array, name = 'file'): Promise<AddressIndex> {
  return openAddressIndex(name, async (range) => {
    const from = 'last' in range ? Math.max(0, file.length - range.last) : range.from;
    return file.subarray(from, 'last' in range ? file.length : from + range.length);
  });
}

/** Writes what objects hold, each address on both sides, as one chunk of Scan. */
export async function writeIndex(
  store: ObjectStore,
  objects: readonly { readonly object: StoredLogObject; readonly addresses: readonly string[] }[],
): Promise<void> {
  const writer = new AddressWriter(store);
  for (const { object, addresses } of objects) {
    const words = addresses.map((text) => parseAddress(text)!);
    const [ipv4, ipv6] = [words.filter(({ length }) => length === 1), words.filter(({ length }) => length === 4)];
    const seen = toSeen(
      ipv4.map(([word]) => [word!, 3]),
      ipv6.map((four) => [four.map((word) => word.toString(16).padStart(8, '0')).join(''), 3]),
    );
    await writer.add(object, seen, { firstSeen: null, lastSeen: null });
  }
  await writer.close();
}
