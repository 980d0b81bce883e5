import { constants, deflateRawSync, gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type ContentOutcome, readContent } from '../../src/core/gunzip.ts';
import { breakAfter } from '../oracle/world.ts';

/** Bytes come in pieces, as from a disk or a network. */
async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(bytes: Uint8Array, size = 65_536): Promise<{ outcome: ContentOutcome; text: string }> {
  const pieces: Buffer[] = [];
  const outcome = await readContent(
    () => inPieces(bytes, size),
    (piece) => pieces.push(Buffer.from(piece)),
  );
  return { outcome, text: Buffer.concat(pieces).toString('latin1') };
}

/** All that can be had of a gzip stream that ends too early. */
function readableText(bytes: Uint8Array): string {
  // Shorter than its header, it has no text; gunzipSync would call it an error.
  if (bytes.length < 10) return '';
  return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).toString('latin1');
}

const LINES = Array.from(
  { length: 60 },
  (_, i) => `2 111122223333 eni-0a1b2c3d 10.0.0.${i} 203.0.113.${(i * 37) % 256} 840 ACCEPT OK\n`,
);
const TEXT = LINES.join('');
const TWO_MEMBERS = Buffer.concat([gzipSync(LINES.slice(0, 30).join('')), gzipSync(LINES.slice(30).join(''))]);

describe('what is whole', () => {
  it.each<[string, Uint8Array, string]>([
    ['one member', gzipSync(TEXT), TEXT],
    ['two members', TWO_MEMBERS, TEXT],
    ['an empty member between', Buffer.concat([gzipSync(TEXT), gzipSync(''), gzipSync('end\n')]), `${TEXT}end\n`],
    ['stored blocks', gzipSync(TEXT, { level: 0 }), TEXT],
    ['many flushes', gzipSync(TEXT, { flush: constants.Z_FULL_FLUSH }), TEXT],
    ['nothing in it', gzipSync(''), ''],
  ])('%s', async (_name, bytes, text) => {
    for (const size of [1, 7, 65_536]) expect(await read(bytes, size)).toEqual({ outcome: 'whole', text });
  });

  it('a megabyte of zeros from a kilobyte', async () => {
    const { outcome, text } = await read(gzipSync(Buffer.alloc(1 << 20)), 16);
    expect([outcome, text.length]).toEqual(['whole', 1 << 20]);
  });
});

describe('what is no gzip', () => {
  it.each<[string, Buffer]>([
    ['text', Buffer.from(TEXT)],
    ['a byte that gzip begins with, and another', Buffer.from('\u001fx', 'latin1')],
    ['noise', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 255])],
    ['zeros', Buffer.alloc(100)],
  ])('%s is handed on as it is', async (_name, bytes) => {
    for (const size of [3, 65_536]) {
      expect(await read(bytes, size)).toEqual({ outcome: 'plain', text: bytes.toString('latin1') });
    }
  });

  it('nothing at all is empty', async () => {
    expect(await read(new Uint8Array())).toEqual({ outcome: 'empty', text: '' });
  });
});

describe('what breaks off', () => {
  it.each([
    ['one member', gzipSync(TEXT), 65_536],
    ['one member, small pieces', gzipSync(TEXT), 5],
    ['stored blocks', gzipSync(LINES.slice(0, 4).join(''), { level: 0 }), 65_536],
  ])('%s, at every byte: all text before the break', async (_name, bytes, size) => {
    for (let length = 1; length < bytes.length; length++) {
      const part = bytes.subarray(0, length);
      expect(await read(part, size)).toEqual({ outcome: { damaged: 'truncated gzip' }, text: readableText(part) });
    }
  });

  it('in the second member: the first is there, and what can be had of the second', async () => {
    const first = gzipSync(LINES.slice(0, 30).join('')).length;
    for (let length = first + 1; length < TWO_MEMBERS.length; length++) {
      const { outcome, text } = await read(TWO_MEMBERS.subarray(0, length), 65_536);
      expect(outcome).toEqual({ damaged: 'truncated gzip' });
      expect(text).toBe(LINES.slice(0, 30).join('') + readableText(TWO_MEMBERS.subarray(first, length)));
    }
    expect(await read(TWO_MEMBERS.subarray(0, first))).toMatchObject({ outcome: 'whole' });
  });
});

describe('what is corrupt', () => {
  it('behind any line: every line before it', async () => {
    for (let kept = 0; kept <= LINES.length; kept += 5) {
      const before = LINES.slice(0, kept).join('');
      const { outcome, text } = await read(breakAfter(before));
      expect(outcome).toEqual({ damaged: expect.stringMatching(/^corrupt gzip: /) });
      expect(text).toBe(before);
    }
  });

  it('far into a long object: every line before it, in whatever pieces it comes', async () => {
    const before = Array.from({ length: 40_000 }, (_, i) => `${i} ${(i * 2_654_435_761) % 4_294_967_296}\n`).join('');
    for (const size of [65_536, 10_007]) {
      const { outcome, text } = await read(breakAfter(before), size);
      expect(outcome).toEqual({ damaged: expect.stringMatching(/^corrupt gzip: /) });
      expect(text === before).toBe(true);
    }
  });

  it('in the checksum: all of the text, and still damaged', async () => {
    for (const fromEnd of [8, 5, 4, 1]) {
      const bytes = gzipSync(TEXT);
      bytes[bytes.length - fromEnd]! ^= 1;
      expect(await read(bytes)).toEqual({ outcome: { damaged: expect.stringMatching(/^corrupt gzip: /) }, text: TEXT });
    }
  });

  it('in any byte: never an error, never another text called whole', async () => {
    const bytes = gzipSync(LINES.slice(0, 12).join(''));
    for (let at = 2; at < bytes.length; at++) {
      const broken = Buffer.from(bytes);
      broken[at]! ^= 0x55;
      const { outcome, text } = await read(broken);
      if (outcome === 'whole') expect(text).toBe(LINES.slice(0, 12).join(''));
      else expect(outcome).toEqual({ damaged: expect.stringMatching(/^(corrupt|truncated) gzip/) });
    }
  });

  it('by what follows the last member', async () => {
    const bytes = Buffer.concat([gzipSync(TEXT), Buffer.from('trailing words')]);
    const { text } = await read(bytes);
    expect(text).toBe(TEXT);
  });
});

it('zeros behind the last member are padding', { timeout: 5000 }, async () => {
  for (const zeros of [1, 10, 100_000]) {
    for (const size of [65_536, 11]) {
      const { outcome, text } = await read(Buffer.concat([gzipSync(TEXT), Buffer.alloc(zeros)]), size);
      expect({ outcome, text }).toEqual({ outcome: 'whole', text: TEXT });
    }
  }
});

it('an error of the reader comes through as it is', async () => {
  const gone = new Error('gone');
  async function* breaking(): AsyncGenerator<Uint8Array> {
    yield gzipSync(TEXT).subarray(0, 40);
    throw gone;
  }
  const pieces: Uint8Array[] = [];
  await expect(readContent(breaking, (piece) => pieces.push(piece))).rejects.toBe(gone);
});

it('tells how many bytes it has read, each once, also of a damaged object', async () => {
  const sound = deflateRawSync(TEXT, { finishFlush: constants.Z_FULL_FLUSH });
  for (const bytes of [gzipSync(TEXT), Buffer.from(TEXT), breakAfter(TEXT)]) {
    let told = 0;
    await readContent(
      () => inPieces(bytes, 100),
      () => {},
      async (count) => {
        told += count;
      },
    );
    expect(told).toBeLessThanOrEqual(bytes.length);
    expect(told).toBeGreaterThanOrEqual(Math.min(bytes.length, sound.length));
  }
});

it('takes zeros behind a member for padding, and anything behind them for damage', async () => {
  const text = 'version srcaddr dstaddr\n';
  const member = gzipSync(text);
  const broken = Buffer.from(member);
  broken[0] = 0;
  const damaged = expect.stringContaining('behind');
  for (const size of [1, 10, 1000]) {
    expect(await read(Buffer.concat([member, Buffer.alloc(30)]), size)).toEqual({ outcome: 'whole', text });
    expect(await read(Buffer.concat([member, broken]), size)).toEqual({ outcome: { damaged }, text });
  }
});
