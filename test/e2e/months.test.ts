/** A sighting over two months belongs to two findings: both are shown, and both count for --fail-on. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { sweep } from '../../src/local/sweep.ts';
import { makeWorld } from '../oracle/world.ts';

const HEADER =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';
const ROWS = [
  '2 111122223333 eni-1 10.0.0.5 203.0.113.7 5555 443 6 10 1000 1788220800 1788220860 ACCEPT OK',
  '2 111122223333 eni-1 203.0.113.7 10.0.0.5 443 5555 6 10 1000 1788220800 1788220860 ACCEPT OK',
  '2 111122223333 eni-1 203.0.113.7 10.0.0.5 5555 22 6 10 1000 1790812800 1790812860 REJECT OK',
  'a b c',
];

it('a sweep shows the findings of every month, and the data ratio of an object with a bad line', async () => {
  const world = makeWorld();
  const folder = join(world.home, '../logs/AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/09/01');
  mkdirSync(folder, { recursive: true });
  const name = '111122223333_vpcflowlogs_us-east-1_fl-0a1b2c3d_20260901T0000Z_0a1b2c3d.log.gz';
  writeFileSync(join(folder, name), gzipSync(`${[HEADER, ...ROWS].join('\n')}\n`));
  const list = join(world.home, '../list.txt');
  writeFileSync(list, '203.0.113.7\n');
  const clock = new Date('2026-11-22T12:00:00Z');
  const result = await sweep({ logs: [folder], iocs: [list], home: world.home, clock });
  const severities = result.findings.map(({ month, severity }) => `${month} ${severity}`);
  expect(severities).toEqual(['2026-09 HIGH', '2026-10 INFORMATIONAL']);
  expect(result.sightings).toMatchObject([{ severity: 'HIGH', records_out: 1, records_in: 2 }]);
  expect(result.dataRatios).toMatchObject([
    { findingId: result.findings[0]!.finding_id, rows: [{ total_bytes: '2000' }, { total_bytes: '1000' }] },
  ]);
  world.remove();
});
