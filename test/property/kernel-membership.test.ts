/** Which addresses are in the set, by the kernel and by the oracle: nested networks, allowlists, both ends of each and of all. */
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../../demo/random.ts';
import {
  firstOf,
  holds,
  lastOf,
  type OracleAddress,
  type OracleNetwork,
  readAddress,
  readNetwork,
  writeAddress,
} from '../oracle/oracle-address.ts';
import { rivals, scan, toSet } from './kernel-scanning.ts';
import { runs } from './runs.ts';

const TOP = { 4: 2n ** 32n - 1n, 6: 2n ** 128n - 1n } as const;

/** Networks of few distinct bytes, so that they nest and touch; or any. */
function anyNetwork(random: Random): string {
  const isDense = random.below(2) === 0;
  if (random.below(2) === 0) {
    const octets = Array.from({ length: 4 }, () =>
      isDense ? random.pick([0, 1, 127, 128, 254, 255]) : random.below(256),
    );
    return `${octets.join('.')}/${random.pick([random.below(33), 8, 15, 16, 17, 23, 24, 25, 31, 32, 32])}`;
  }
  const dense = ['0', '1', '7fff', '8000', 'fffe', 'ffff'];
  const groups = Array.from({ length: 8 }, () => (isDense ? random.pick(dense) : random.below(65_536).toString(16)));
  return `${groups.join(':')}/${random.pick([random.below(129), 16, 31, 32, 33, 63, 64, 65, 127, 128, 128])}`;
}

function networksOf(random: Random, most: number): string[] {
  const texts = Array.from({ length: random.below(most + 1) }, () => anyNetwork(random));
  return texts.filter((text) => readNetwork(text) !== undefined);
}

/** First and last addresses and their neighbours, where a look-up goes wrong. */
function edgesOf(network: OracleNetwork): OracleAddress[] {
  const values = [firstOf(network), lastOf(network)].flatMap((value) => [value - 1n, value, value + 1n]);
  const { family } = network;
  return values.filter((value) => value >= 0n && value <= TOP[family]).map((value) => ({ family, value }));
}

/** The same address as a log may write it. */
function spell(random: Random, address: OracleAddress): string {
  const text = writeAddress(address);
  if (address.family === 4) return random.pick([text, text, `::ffff:${text}`, `::FFFF:${text}`]);
  const groups = address.value.toString(16).padStart(32, '0').match(/.{4}/g)!;
  return random.pick([
    text,
    text.toUpperCase(),
    groups.join(':'),
    groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':'),
  ]);
}

const ENDS = ['0.0.0.0', '255.255.255.255', '::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'].map(
  (text) => readAddress(text)!,
);

async function expectHeld(list: readonly string[], allowed: readonly string[], random: Random): Promise<void> {
  const [listed, spared] = [list, allowed].map((texts) => texts.map((text) => readNetwork(text)!)) as [
    OracleNetwork[],
    OracleNetwork[],
  ];
  const isIn = (address: OracleAddress) =>
    listed.some((network) => holds(network, address)) && !spared.some((network) => holds(network, address));
  const lines: string[] = [];
  const wanted: string[] = [];
  for (const probe of [...ENDS, ...[...listed, ...spared].flatMap(edgesOf)]) {
    const text = spell(random, probe);
    const other = random.pick(ENDS);
    // In each of the four columns, one beside it; that one counts too.
    const columns = ['-', '-', '-', '-'];
    columns[random.below(4)] = writeAddress(other);
    columns[random.below(4)] = text;
    lines.push(columns.join(' '));
    const found = columns.map((column) => readAddress(column)).filter((address) => address !== undefined);
    if (found.some(isIn)) wanted.push(`${lines.length + 1} ${columns.join(' ')}`);
  }
  const { byKernel } = rivals(toSet(list, allowed));
  const { scanned } = await scan(gzipSync(`pkt-dstaddr srcaddr pkt-srcaddr dstaddr\n${lines.join('\n')}\n`), byKernel);
  expect(scanned.counts.records).toBe(lines.length);
  expect(scanned.candidates).toEqual(wanted);
}

describe('membership', () => {
  it('is exact, of lists of any networks, nested and allowed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.noShrink(fc.integer()), async (seed) => {
        const random = createRandom(seed);
        await expectHeld(
          networksOf(random, random.pick([3, 20, 60])),
          networksOf(random, random.pick([0, 3, 12])),
          random,
        );
      }),
      runs(60),
    );
  });

  it.each([
    [['0.0.0.0/0'], []],
    [['::/0'], []],
    [
      ['0.0.0.0/0', '::/0'],
      ['0.0.0.0/32', '255.255.255.255/32', '::/128', 'ffff::/16'],
    ],
    [['0.0.0.0/0'], ['0.0.0.0/0']],
    [
      ['10.0.0.0/8', '10.128.0.0/9', '10.128.7.1'],
      ['10.128.7.0/24', '10.255.255.255'],
    ],
    [
      ['::/1', '8000::/1'],
      ['7fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '8000::'],
    ],
    [['::ffff:0:0/96'], []],
    [['2001:db8::/64', '2001:db8:0:1::/64'], ['2001:db8:0:0:ffff:ffff:ffff:ffff']],
    [[], []],
  ])('of %j but not of %j', async (list, allowed) => {
    await expectHeld(list, allowed, createRandom(list.length));
  });

  it('is exact of twenty thousand networks', async () => {
    const random = createRandom(20_000);
    const list = Array.from({ length: 20_000 }, () => anyNetwork(random)).filter(
      (text) => Number(text.split('/')[1]) > 20,
    );
    // The oracle goes through the list for each address: it is asked of some.
    const some = list.filter((_text, i) => i % 100 === 0).flatMap((text) => edgesOf(readNetwork(text)!));
    const listed = list.map((text) => readNetwork(text)!);
    const lines = some.map((address) => `${writeAddress(address)} -`);
    const wanted = lines
      .map((line, i) => `${i + 2} ${line}`)
      .filter((_line, i) => listed.some((network) => holds(network, some[i]!)));
    const { byKernel } = rivals(toSet(list));
    const { scanned } = await scan(gzipSync(`srcaddr dstaddr\n${lines.join('\n')}\n`), byKernel);
    expect(scanned.candidates).toEqual(wanted);
  });
});
