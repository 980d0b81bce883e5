/** The scan kernel against zlib and the TypeScript checker: any text, any packing, any damage gives the same records. */
import { constants, crc32, deflateRawSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rivals } from './kernel-scanning.ts';
import { runs } from './runs.ts';

const { expectSame } = rivals();

const address = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('10.0.0.1', '203.0.113.9', '203.0.114.0', '198.51.100.7', '8.1.2.3', '8.128.0.0', '-'),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('2001:db8:77::1', '2001:DB8:0077:0:0::1', '::ffff:192.0.2.1', '::1', '2001:db8:78::'),
  },
  { weight: 2, arbitrary: fc.ipV4() },
  { weight: 2, arbitrary: fc.ipV6() },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '01.2.3.4',
      '1.2.3',
      '1.2.3.4.5',
      '256.1.1.1',
      '1::2::3',
      ':1',
      '1:',
      ':::',
      '::1.2.3.4',
      '1:2:3:4:5:6:7::',
      'x',
      '',
    ),
  },
);
const number = fc.oneof(
  { weight: 4, arbitrary: fc.nat().map(String) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '-',
      '',
      '-7',
      '1e3',
      '0x1F',
      '12.5',
      '007',
      '9223372036854775807',
      '9223372036854775808',
      `${'0'.repeat(30)}5`,
      '12345678901234567',
      '1234567890123456x',
    ),
  },
);
const status = fc.constantFrom('OK', 'OK', 'OK', 'NODATA', 'SKIPDATA', '-', 'OKAY', 'O');
const ending = fc.oneof(
  { weight: 5, arbitrary: fc.constant('\n') },
  { weight: 1, arbitrary: fc.constantFrom('\r\n', '\n\n', ' \n', '\r\r\n') },
);
const line = fc.tuple(fc.constantFrom('2', 'x'.repeat(70), ''), address, address, number, number, status, ending);
const text = fc
  .tuple(
    fc.constantFrom('version srcaddr dstaddr bytes end log-status', 'log-status srcaddr dstaddr bytes packets version'),
    fc.array(line, { maxLength: 400 }),
    fc.boolean(),
  )
  .map(([header, lines, isReversed]) => {
    const rows = lines.map(([version, source, destination, bytes, end, word, eol]) =>
      isReversed
        ? `${word} ${source} ${destination} ${bytes} ${end} ${version}${eol}`
        : `${version} ${source} ${destination} ${bytes} ${end} ${word}${eol}`,
    );
    return Buffer.from(`${header}\n${rows.join('')}`);
  });
const packing = fc.record({
  level: fc.constantFrom(0, 1, 6, 9),
  strategy: fc.constantFrom(
    constants.Z_DEFAULT_STRATEGY,
    constants.Z_FIXED,
    constants.Z_HUFFMAN_ONLY,
    constants.Z_RLE,
    constants.Z_FILTERED,
  ),
  memLevel: fc.constantFrom(1, 8, 9),
  windowBits: fc.constantFrom(9, 12, 15),
});

describe('kernel and zlib', () => {
  it('read the same from any packing, in any pieces, of one member or several', async () => {
    let unaided = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(
            fc.oneof(
              { weight: 5, arbitrary: text },
              { weight: 1, arbitrary: fc.constantFrom(Buffer.alloc(0), Buffer.from('version srcaddr dstaddr')) },
            ),
            packing,
          ),
          { minLength: 1, maxLength: 3 },
        ),
        fc.integer({ min: 1, max: 70_000 }),
        async (members, pieceBytes) => {
          const bytes = Buffer.concat(members.map(([content, options]) => gzipSync(content, options)));
          if (await expectSame(bytes, bytes.length > 4096 ? Math.max(pieceBytes, 512) : pieceBytes)) unaided++;
        },
      ),
      runs(400),
    );
    expect(unaided).toBe(runs(400).numRuns);
  });

  it('read the same from damaged gzip: cut, or bytes changed anywhere', async () => {
    const damage = fc.oneof(
      fc.record({ how: fc.constant('cut' as const), at: fc.double({ min: 0, max: 1, noNaN: true }) }),
      fc.record({
        how: fc.constant('change' as const),
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        by: fc.integer({ min: 1, max: 255 }),
      }),
      fc.record({
        how: fc.constant('append' as const),
        at: fc.constant(0),
        bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(text, packing, damage, async (content, options, harm) => {
        const bytes = Buffer.from(gzipSync(content, options));
        const at = Math.floor(harm.at * (bytes.length - 1));
        if (harm.how === 'change') bytes[at]! ^= harm.by;
        await expectSame(
          harm.how === 'cut'
            ? bytes.subarray(0, at)
            : harm.how === 'append'
              ? Buffer.concat([bytes, harm.bytes])
              : bytes,
        );
      }),
      runs(400),
    );
  });

  it('read the same from noise behind a gzip header, and end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), async (noise) => {
        await expectSame(Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]), noise]));
      }),
      runs(400),
    );
  });

  it('read gzip headers with name, comment, extra field and header checksum', async () => {
    const content = Buffer.from('version srcaddr dstaddr\n2 203.0.113.9 10.0.0.1\n');
    const body = deflateRawSync(content);
    const trailer = Buffer.alloc(8);
    trailer.writeUInt32LE(crc32(content), 0);
    trailer.writeUInt32LE(content.length, 4);
    const name = Buffer.from('name.log\0');
    const start = [0x1f, 0x8b, 8];
    const rest = [0, 0, 0, 0, 0, 3];
    for (const [flags, extra] of [
      [8, name],
      [16, name],
      [24, Buffer.concat([name, name])],
      [4, Buffer.from([2, 0, 7, 7])],
    ] as const) {
      const isByKernel = await expectSame(
        Buffer.concat([Buffer.from([...start, flags, ...rest]), extra, body, trailer]),
      );
      expect(isByKernel).toBe(true);
    }
  });

  it('read text far longer than the buffer, with matches across every slide', async () => {
    const rows = Array.from(
      { length: 40_000 },
      (_row, i) => `2 203.0.${i % 256}.${(i * 7) % 256} 10.0.${i % 200}.1 ${i * 977} ${i} OK\n`,
    );
    const content = Buffer.from(`version srcaddr dstaddr bytes end log-status\n${rows.join('')}`);
    for (const level of [0, 1, 9]) expect(await expectSame(gzipSync(content, { level }))).toBe(true);
    expect(await expectSame(content, 300_000)).toBe(true);
  });

  it('read the same of damage far into an object, from where the kernel leaves it to zlib', async () => {
    const rows = Array.from(
      { length: 40_000 },
      (_row, i) => `2 203.0.${i % 256}.${(i * 7) % 256} 10.0.${i % 200}.1 ${i * 977} ${i} OK\n`,
    );
    const whole = gzipSync(`version srcaddr dstaddr bytes end log-status\n${rows.join('')}`);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: whole.length - 1 }),
        fc.constantFrom('cut', 'flip', 'join', 'insert'),
        async (at, how) => {
          const [before, behind] = [whole.subarray(0, at), whole.subarray(at)];
          if (how === 'cut') await expectSame(before);
          if (how === 'flip')
            await expectSame(Buffer.concat([before, Buffer.from([behind[0]! ^ 4]), behind.subarray(1)]));
          if (how === 'join') await expectSame(Buffer.concat([before, whole]));
          if (how === 'insert') await expectSame(Buffer.concat([before, Buffer.alloc(5, at), behind]));
        },
      ),
      runs(25),
    );
  });
});
