/** Scans of the same bytes by the kernel and by zlib and the TypeScript checker, for tests that hold them against each other. */
import { expect } from 'vitest';
import { parseNetwork } from '../../src/core/address.ts';
import { parseHeader } from '../../src/core/flow-format.ts';
import { compileIndicators, type IndicatorSet } from '../../src/core/indicator-set.ts';
import { kernelReaders } from '../../src/core/kernel-reader.ts';
import type { ObjectReader, ObjectScan } from '../../src/core/object-reader.ts';
import { type KernelModule, REACH, type ScanKernel } from '../../src/core/scan-kernel.ts';
import type { SeenAddresses, SeenTimes } from '../../src/core/seen-addresses.ts';
import { textReader } from '../../src/core/text-reader.ts';
import { readKernel } from '../../src/local/scan-kernel.ts';
import { holds, readAddress, readNetwork, writeAddress } from '../oracle/oracle-address.ts';
import { readRows } from '../oracle/oracle-records.ts';

/** Of both families, small and large; what the tests' records hold lies in some of these and beside them. */
export const NETWORKS = ['203.0.113.0/24', '198.51.100.7', '2001:db8:77::/48', '192.0.2.1', '8.0.0.0/9'];

export function toSet(networks: readonly string[], allowed: readonly string[] = []): IndicatorSet {
  const read = (text: string) => parseNetwork(text)!.network;
  return compileIndicators(
    networks.map((text) => ({ text: read(text).text, network: read(text), comment: '', source: 'list' })),
    allowed.map(read),
  );
}

export type Scan = {
  readonly scanned: ObjectScan & { readonly candidates: readonly string[] };
  /** How often the bytes were asked for: the kernel asks again only where zlib is to judge them. */
  readonly opened: number;
};

/** Everything that a reader says of an object that comes in pieces of `pieceBytes`. */
export async function scan(bytes: Uint8Array, reader: ObjectReader, pieceBytes = 65_536): Promise<Scan> {
  const candidates: string[] = [];
  let opened = 0;
  const open = () => {
    opened++;
    return inPieces(bytes, pieceBytes);
  };
  const scanned = await reader.read(open, {
    onCandidate: (line, number) => candidates.push(`${number} ${line}`),
    onStep: async () => {},
    judgeUnread: (error) => {
      throw error;
    },
  });
  return { scanned: { ...scanned, candidates }, opened };
}

/** Addresses as the oracle writes them → sides, and the times of the last call; how many calls there were. */
export type Seen = { readonly sides: Map<string, number>; readonly times: SeenTimes; readonly calls: number };

/** What a reader tells the address index of an object; all that it says is held against the rules of seen-addresses.ts. */
export async function scanSeen(bytes: Uint8Array, reader: ObjectReader, pieceBytes = 65_536): Promise<Seen> {
  const sides = new Map<string, number>();
  let times: SeenTimes = { firstSeen: null, lastSeen: null };
  let calls = 0;
  await reader.read(() => inPieces(bytes, pieceBytes), {
    onCandidate: () => {},
    onStep: async () => {},
    onSeen: (seen, now) => {
      calls++;
      times = now;
      for (const [address, side] of toSides(seen)) sides.set(address, (sides.get(address) ?? 0) | side);
    },
    judgeUnread: (error) => {
      throw error;
    },
  });
  return { sides, times, calls };
}

function toSides({ ipv4, ipv4Sides, ipv6, ipv6Sides }: SeenAddresses): [string, number][] {
  const fours = [...ipv4].map((word, i): [string, number] => [
    writeAddress({ family: 4, value: BigInt(word) }),
    ipv4Sides[i]!,
  ]);
  const hex = Buffer.from(ipv6).toString('hex');
  const sixes = [...ipv6Sides].map((side, i): [string, number] => [hex.slice(i * 32, i * 32 + 32), side]);
  for (const ascending of [[...ipv4], sixes.map(([text]) => text)]) {
    expect(ascending.every((value, i) => i === 0 || ascending[i - 1]! < value)).toBe(true);
  }
  expect([ipv4Sides.length, ipv6.length]).toEqual([ipv4.length, ipv6Sides.length * 16]);
  return [
    ...fours,
    ...sixes.map(([text, side]): [string, number] => [writeAddress({ family: 6, value: BigInt(`0x${text}`) }), side]),
  ];
}

async function* inPieces(bytes: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

/** Readers by a kernel and by zlib; the kernel is the built one, or another of the same source. */
export function rivals(set = toSet(NETWORKS), kernel: KernelModule = readKernel()!) {
  const byKernel = kernelReaders(kernel)(set);
  const byZlib = textReader(set);
  return {
    byKernel,
    /** True if the kernel did without zlib. */
    expectSame: async (bytes: Uint8Array, pieceBytes?: number): Promise<boolean> => {
      const kernelScan = await scan(bytes, byKernel, pieceBytes);
      const zlibScan = await scan(bytes, byZlib, pieceBytes);
      expect(kernelScan.scanned).toEqual(zlibScan.scanned);
      return kernelScan.opened === 1;
    },
  };
}

const byText = textReader(toSet(NETWORKS));
const networks = NETWORKS.map((text) => readNetwork(text)!);
const ADDRESSES = ['srcaddr', 'dstaddr', 'pkt-srcaddr', 'pkt-dstaddr'];

/** Holds what TypeScript says of a text against the oracle: records, lines that are none, records by status, candidates. */
export async function expectJudged(bytes: Uint8Array, pieceBytes?: number): Promise<void> {
  const { counts, format, candidates } = (await scan(bytes, byText, pieceBytes)).scanned;
  const malformed = Object.values(counts.malformed).reduce((sum, count) => sum + count, 0);
  const { records, statuses } = counts;
  expect({ isUsable: format !== undefined, records, malformed, statuses, candidates }).toEqual(judge(bytes));
}

function judge(bytes: Uint8Array) {
  const { rows, lines, malformed, isUsable } = readRows({
    key: '',
    text: Buffer.from(bytes).toString(),
    isDamaged: false,
  });
  const statuses: Record<string, number> = {};
  const candidates: string[] = [];
  for (const [i, row] of rows.entries()) {
    const status = row.get('log-status') ?? 'OK';
    if (status !== 'OK') statuses[status] = (statuses[status] ?? 0) + 1;
    const found = ADDRESSES.map((name) => readAddress(row.get(name) ?? '-')).filter((address) => address !== undefined);
    const isHit = found.some((address) => networks.some((network) => holds(network, address)));
    if (status === 'OK' && isHit) candidates.push(`${lines[i]!.number} ${lines[i]!.text}`);
  }
  return { isUsable, records: rows.length, malformed, statuses, candidates };
}

/** Runs a kernel over gzip without zlib at its side; undefined where the kernel leaves the bytes to zlib. */
export function runAlone(kernel: ScanKernel, bytes: Uint8Array, pieceBytes = 65_536): number | undefined {
  kernel.begin(true, true);
  for (let at = 0; at < bytes.length; ) {
    const room = kernel.room();
    const piece = bytes.subarray(at, at + Math.min(pieceBytes, room.length));
    if (piece.length === 0) return undefined;
    room.set(piece);
    kernel.feed(piece.length);
    at += piece.length;
    if (!advance(kernel, REACH.goesOn)) return undefined;
  }
  return advance(kernel, REACH.isWhole) ? kernel.count('textBytes') : undefined;
}

function advance(kernel: ScanKernel, reach: (typeof REACH)['goesOn' | 'isWhole']): boolean {
  for (;;) {
    const wanted = kernel.run(reach);
    for (const { bytes } of kernel.events()) bytes.at(0);
    if (wanted === 'odd') return false;
    if (wanted === 'input' || wanted === 'nothing') return true;
    if (wanted === 'format') kernel.setFormat(parseHeader(kernel.header().toString()));
    if (wanted === 'run taken') kernel.takeRun();
  }
}
