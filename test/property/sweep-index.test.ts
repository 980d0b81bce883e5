/** Sweeps of one machine and the address index they leave behind. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseNetwork } from '../../src/core/address.ts';
import { compileIndicators } from '../../src/core/indicator-set.ts';
import { openFolderStore } from '../../src/local/folder-store.ts';
import { sweep } from '../../src/local/sweep.ts';
import { findObjects } from '../../src/tasks/find-objects.ts';
import { makeWorld, type World, writeFileAt } from '../oracle/world.ts';

const HEADER =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';
const CLOCK = new Date('2026-09-02T00:00:00Z');
let world: World;
beforeEach(() => {
  world = makeWorld();
});
afterEach(() => world.remove());

/** Sweeps one new object, in which 10.0.0.<serial> speaks to 192.0.2.9. */
async function sweepOne(serial: number): Promise<void> {
  const name = `111122223333_vpcflowlogs_us-east-1_fl-0a1b2c3d4e5f60718_20260901T00${serial + 10}Z_${serial}.log.gz`;
  const row = `2 111122223333 eni-1 10.0.0.${serial} 192.0.2.9 1 443 6 1 40 1788220800 1788220860 ACCEPT OK`;
  const folder = `${serial}/AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/09/01`;
  writeFileAt(world.logs, `${folder}/${name}`, gzipSync(`${HEADER}\n${row}\n`));
  const iocs = [writeFileAt(world.root, 'iocs.txt', '203.0.113.7\n')];
  await sweep({ logs: [join(world.logs, String(serial))], iocs, home: world.home, clock: CLOCK });
}

function indexFiles(): string[] {
  return readdirSync(join(world.home, 'addresses/date=2026-09-01')).sort();
}

async function holders(address: string): Promise<number> {
  const indicator = { text: address, network: parseNetwork(address)!.network, comment: '', source: '' };
  const window = { from: '2026-09-01', to: '2026-09-01', accounts: [], regions: [] };
  return (await findObjects(compileIndicators([indicator]), window, openFolderStore(world.home))).holding.length;
}

it('leave up to 24 parts of a day, and compact more', async () => {
  for (let serial = 0; serial < 24; serial++) await sweepOne(serial);
  expect(indexFiles()).toHaveLength(24);
  expect([await holders('10.0.0.3'), await holders('192.0.2.9'), await holders('192.0.2.8')]).toEqual([1, 24, 0]);
  await sweepOne(24);
  expect(indexFiles()).toEqual([expect.stringMatching(/^compacted_000001_111122223333_us-east-1_/)]);
  expect([await holders('10.0.0.3'), await holders('192.0.2.9'), await holders('192.0.2.8')]).toEqual([1, 25, 0]);
});
