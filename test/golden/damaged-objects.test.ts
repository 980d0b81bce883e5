/** Objects as they come in bad weather: each costs only its damaged part, and is counted. */
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UsageError } from '../../src/core/errors.ts';
import { ask, DAY_1, EU, LogFolder, US } from './log-folder.ts';

const HEADER = 'srcaddr dstaddr srcport dstport protocol packets bytes start end interface-id';
const row = (bytes: number | string, source = '10.0.0.5', last = 'eni-a'): string =>
  `${source} 203.0.113.7 1 2 6 3 ${bytes} ${DAY_1} ${DAY_1 + 1} ${last}`;
const pack = (lines: readonly string[]): Buffer => gzipSync(lines.map((line) => `${line}\n`).join(''));
/** Text that gzip cannot make much shorter, so that a cut falls into the middle of it. */
const MANY = Array.from({ length: 5000 }, (_, i) => row(i, `10.${(i * 7919) % 256}.${(i * 104729) % 256}.${i % 256}`));

describe('damaged objects', () => {
  let folder: LogFolder;
  beforeEach(() => {
    folder = new LogFolder();
    folder.add(US, [HEADER, row(1)]);
  });
  afterEach(() => folder.remove());

  const countRows = async (): Promise<number> => Number((await ask('row_count', [folder.path])).lines[1]);
  const readNote = async (): Promise<string> => (await ask('row_count', [folder.path])).notes[0] ?? '';

  it('an empty object', async () => {
    folder.addBytes(US, Buffer.alloc(0));
    expect(await countRows()).toBe(1);
    expect(await readNote()).toContain('0 damaged, 1 empty');
  });

  it('noise under the name of gzip', async () => {
    folder.addBytes(US, Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256)));
    expect(await countRows()).toBe(1);
    expect(await readNote()).toContain('1 damaged');
  });

  it('truncated gzip: rows before the break count, the torn last line does not', async () => {
    const whole = pack([HEADER, ...MANY]);
    folder.addBytes(US, whole.subarray(0, whole.length / 2));
    const rows = await countRows();
    expect(rows).toBeGreaterThan(1500);
    expect(rows).toBeLessThan(3500);
    expect(await readNote()).toContain('1 damaged');
    const { lines } = await ask('sample', [folder.path], { limit: '10000' });
    const sources = new Set(MANY.map((line) => line.split(' ')[0]));
    const wrong = lines.slice(1).filter((line) => !sources.has(line.split(',')[3]!) && !line.includes('10.0.0.5'));
    expect(wrong).toEqual([]);
  });

  it('corrupt gzip: rows before the break count', async () => {
    const bytes = pack([HEADER, ...MANY]);
    const middle = Math.floor(bytes.length / 2);
    bytes.fill(0xff, middle, middle + 64);
    folder.addBytes(US, bytes);
    expect(await countRows()).toBeGreaterThan(1500);
    expect(await readNote()).toContain('1 damaged');
  });

  it('several members, bytes behind the gzip, no gzip at all, no last line feed', async () => {
    folder.addBytes(US, Buffer.concat([gzipSync(`${HEADER}\n${row(1)}\n10.0.0.6 `), gzipSync(`${row(2).slice(9)}\n`)]));
    folder.addBytes(US, Buffer.concat([pack([HEADER, row(3)]), Buffer.from('and so on')]));
    folder.addBytes(US, Buffer.from(`${HEADER}\n${row(4)}`));
    folder.addBytes(US, gzipSync(`${HEADER}\n${row(5)}`));
    expect(await countRows()).toBe(6);
  });

  it('lines that are no rows', async () => {
    const bad = [
      ...['-7', '1e3', '0x1F', '12.5', '', '9223372036854775808', '+5'].map((bytes) => row(bytes)),
      ...['10.0.0', '010.0.0.5', '10.0.0.256', '1::2::3', 'host'].map((source) => row(1, source)),
      ...['', ' ', '\t', HEADER, `${row(1)} more`, row(1).split(' ').slice(1).join(' '), `x${'y'.repeat(100_000)}`],
    ];
    folder.add(US, [HEADER, row('9223372036854775807'), ...bad, row('-'), row(7, '2001:DB8::1')]);
    expect(await countRows()).toBe(4);
    expect(await readNote()).toContain('16 lines malformed');
  });

  it('CR LF, a byte order mark, quotes, bytes that are no UTF-8, a stray CR', async () => {
    folder.addBytes(US, gzipSync(`\uFEFF${HEADER}\r\n${row(1)}\r\n${row(2, '10.0.0.5', '"eni')}\r\n`));
    folder.addBytes(
      US,
      gzipSync(Buffer.concat([Buffer.from(`${HEADER}\n${row(3)}`), Buffer.from([0xff, 13, 0x41, 10])])),
    );
    const { lines } = await ask('timeline', [folder.path], { ip: '10.0.0.5' });
    expect(lines.slice(1).map((line) => line.split(',')[2])).toEqual([
      '"""eni"',
      'eni-a',
      'eni-a',
      'eni-a\uFFFD\uFFFDA',
    ]);
  });

  it('a blank line before the header, a header without the ends, a header and nothing else', async () => {
    folder.add(US, ['', HEADER, row(2)]);
    folder.add(US, ['version account-id', '2 111122223333']);
    folder.add(US, [HEADER]);
    expect(await countRows()).toBe(2);
    expect(await readNote()).toContain('1 without usable header');
  });

  it('reads the same delivered object once, however many roots hold it', async () => {
    const copy = new LogFolder();
    copy.add(US, [HEADER, row(1)]);
    expect((await ask('row_count', [folder.path, copy.path])).lines).toEqual(['row_count', '1']);
    copy.remove();
  });

  it('gives each row the partition of its object, whatever stands in the row', async () => {
    for (const day of ['2026/09/03', '2026/09/04', '2026/09/05']) folder.add({ ...EU, day }, [HEADER, ...MANY]);
    const counted = await ask('row_count', [folder.path], { date_from: '2026-09-04', date_to: '2026-09-05' });
    expect(counted.lines).toEqual(['row_count', '10000']);
    const { lines } = await ask('timeline', [folder.path], { ip: '203.0.113.7', regions: 'eu-west-1' });
    const partitions = lines.slice(1).map((line) => line.split(',').slice(-3).join(','));
    const perDay = [3, 4, 5].map(
      (day) => partitions.filter((p) => p === `2026/09/0${day},eu-west-1,444455556666`).length,
    );
    expect(perDay).toEqual([5000, 5000, 5000]);
  });

  it('refuses a query whose field no object has, and says where only some lack it', async () => {
    await expect(ask('VpcFlowLogsTopTalkingInstances', [folder.path])).rejects.toThrow(
      new UsageError(
        'VpcFlowLogsTopTalkingInstances needs the field instance-id (since log version 3), and no log object has it.',
      ),
    );
    folder.add(US, [`${HEADER} instance-id`, `${row(9)} i-1`]);
    const { lines, notes } = await ask('VpcFlowLogsTopTalkingInstances', [folder.path]);
    expect(lines).toEqual(['instanceid,total_bytes,total_packets,record_count', 'i-1,9,3,1']);
    expect(notes).toContain(
      '1 of 2 log objects have no instance-id; VpcFlowLogsTopTalkingInstances cannot see it there.',
    );
  });

  it('says that there are no log objects, and nothing else', async () => {
    const empty = new LogFolder();
    empty.addFile('readme.txt', 'hello');
    const { lines, notes } = await ask('row_count', [empty.path]);
    expect(lines).toEqual([]);
    expect(notes[0]).toContain('no log objects under');
    empty.remove();
  });

  it('refuses a missing folder, an unknown name and a wrong parameter', async () => {
    await expect(ask('row_count', [`${folder.path}/nowhere`])).rejects.toThrow(UsageError);
    await expect(ask('VpcFlowLogsTopTalker', [folder.path])).rejects.toThrow(/VpcFlowLogsTopTalkers,/);
    await expect(ask('data_ratio', [folder.path])).rejects.toThrow(/needs --param ip=/);
  });
});
