/** Objects whose bytes end in an error: what came before it is scanned to its last whole line, by the kernel as by zlib. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ContentOutcome } from '../../src/core/gunzip.ts';
import type { ObjectReader } from '../../src/core/object-reader.ts';
import { textReader } from '../../src/core/text-reader.ts';
import { NETWORKS, rivals, scanSeen, toSet } from './kernel-scanning.ts';

const { byKernel } = rivals();
const byZlib = textReader(toSet(NETWORKS));
const UNREADABLE = { damaged: 'unreadable: the line is dead' };
const HEADER = 'version srcaddr dstaddr bytes end log-status\n';
const rowsFrom = (from: number, count: number) =>
  Array.from(
    { length: count },
    (_, i) => `2 203.0.113.${(from + i) % 256} 10.0.${i % 9}.1 ${i * 7919} ${1788220800 + i} OK\n`,
  ).join('');

/** A scan of an object of which only the first bytes can be read, however often one tries. */
async function scanUnread(bytes: Uint8Array, reader: ObjectReader, pieceBytes: number) {
  const candidates: string[] = [];
  const open = async function* () {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
    throw new Error('the line is dead');
  };
  const { content, counts } = await reader.read(open, {
    onCandidate: (line, number) => candidates.push(`${number} ${line}`),
    onStep: async () => {},
    judgeUnread: (error) => ({ damaged: `unreadable: ${(error as Error).message}` }),
  });
  return { content, counts, candidates };
}

async function expectSameUnread(bytes: Uint8Array, pieceBytes: number): Promise<ContentOutcome> {
  const scanned = await scanUnread(bytes, byKernel, pieceBytes);
  expect(scanned).toEqual(await scanUnread(bytes, byZlib, pieceBytes));
  return scanned.content;
}

describe('an error', () => {
  const small = gzipSync(HEADER + rowsFrom(0, 9));
  const several = Buffer.concat([gzipSync(HEADER), gzipSync(rowsFrom(0, 2)), gzipSync(''), gzipSync(rowsFrom(2, 2))]);
  it.each([
    ['gzip', small],
    ['gzip of several members', several],
    ['text', Buffer.from(HEADER + rowsFrom(0, 4))],
  ])('behind any byte of %s', async (_name, bytes) => {
    for (let end = 0; end <= bytes.length; end++) {
      for (const pieceBytes of [1, 60, 65_536]) {
        expect(await expectSameUnread(bytes.subarray(0, end), pieceBytes)).toEqual(UNREADABLE);
      }
    }
  });

  it('far into an object', async () => {
    const bytes = gzipSync(HEADER + rowsFrom(0, 60_000));
    for (const share of [0.1, 0.5, 0.77, 0.99, 1])
      await expectSameUnread(bytes.subarray(0, bytes.length * share), 65_536);
  });

  it('behind a break', async () => {
    const bytes = Buffer.concat([small.subarray(0, 90), Buffer.alloc(40, 0xff)]);
    expect(await expectSameUnread(bytes, 7)).not.toEqual(UNREADABLE);
  });

  it('that does not come again: every record is read, and read once', async () => {
    const text = HEADER + rowsFrom(0, 20_000);
    const bytes = gzipSync(text);
    for (const share of [0.01, 0.5, 0.99]) {
      let opened = 0;
      const lines: string[] = [];
      const open = async function* () {
        opened++;
        yield bytes.subarray(0, bytes.length * share);
        if (opened === 1) throw new Error('a hiccup');
        yield bytes.subarray(bytes.length * share);
      };
      const { content } = await byKernel.read(open, {
        onCandidate: (line) => lines.push(line),
        onStep: async () => {},
        judgeUnread: () => UNREADABLE,
      });
      expect(content).toBe('whole');
      expect(`${HEADER}${lines.join('\n')}\n`).toBe(text);
    }
  });
});

it('a sink that fails leaves nothing behind for the next object', async () => {
  const bytes = gzipSync(HEADER + rowsFrom(0, 20_000));
  const failing = (at: number) => {
    let left = at;
    return () => {
      if (left-- === 0) throw new Error('the disk is full');
    };
  };
  for (const at of [0, 1, 1023, 1024, 9000]) {
    const onCandidate = failing(at);
    const judgeUnread = (error: unknown) => {
      throw error;
    };
    const sink = { onCandidate, onSeen: () => {}, onStep: async () => {}, judgeUnread };
    const open = async function* () {
      yield bytes;
    };
    await expect(byKernel.read(open, sink)).rejects.toThrow('the disk is full');
    await expectSameUnread(bytes.subarray(0, 5000), 65_536);
    const seen = await scanSeen(gzipSync(HEADER + rowsFrom(0, 1)), byKernel);
    expect([...seen.sides.keys()].sort()).toEqual(['10.0.0.1', '203.0.113.0']);
  }
});
