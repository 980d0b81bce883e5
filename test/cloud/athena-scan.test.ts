/** `scan: athena`: no function reads a log object beyond its header, and the findings are those of a scan. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fromJson, toJson } from '../../src/core/exact-json.ts';
import type { Finding } from '../../src/core/finding-document.ts';
import { sweep } from '../../src/local/sweep.ts';
import { makeWorld, type World, writeFileAt } from '../oracle/world.ts';
import { makeService, packageStack } from '../stack/package-stack.ts';
import { EXPLAINED } from './expected-permissions.ts';
import { makeLog } from './logs.ts';
import { type CloudStack, LOG_BUCKET, openCloudStack } from './stack.ts';

const LIST = '203.0.113.7,C2\n198.51.100.0/24,drop site\n';
const LOGS = [
  { serial: 1 },
  { serial: 2, remote: '198.51.100.9', hasOtherFields: true },
  { serial: 3, remote: '198.51.100.77', host: '10.0.0.9' },
  { serial: 4, remote: '192.0.2.1', host: '10.0.0.4' },
  { serial: 5, isHive: true, accountId: '444455556666', bytes: 30_000_000 },
].map(makeLog);

let cloud: CloudStack;
let world: World;

beforeAll(async () => {
  world = makeWorld();
  const params = { logLocations: `s3://${LOG_BUCKET}/org/`, scan: 'athena' };
  cloud = await openCloudStack(packageStack(await makeService(), params).template);
  await cloud.double.s3.put(cloud.stateBucket, 'indicators/incoming/iocs.csv', LIST);
  await cloud.settle();
}, 120_000);

afterAll(async () => {
  await cloud?.close();
  world?.remove();
});

/** Totals that fit a number are one, once written. */
function asStored(findings: readonly Finding[]): Finding[] {
  return fromJson<Finding[]>(toJson(findings));
}

it('gives the findings of a scan', async () => {
  for (const { key, content } of LOGS) {
    await cloud.double.s3.put(LOG_BUCKET, key, content);
    const path = join(world.logs, key);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  expect(await cloud.settle()).toEqual([]);
  expect(cloud.failures()).toEqual([]);
  const iocs = [writeFileAt(world.root, 'iocs.csv', LIST)];
  const scanned = await sweep({ logs: [world.logs], iocs, home: world.home, clock: new Date() });
  const keys = cloud.double.s3.keys(cloud.stateBucket, 'findings/');
  const texts = await Promise.all(keys.map((key) => cloud.double.s3.text(cloud.stateBucket, key)));
  const byId = (a: Finding, b: Finding) => (a.finding_id < b.finding_id ? -1 : 1);
  expect(texts.map((text) => fromJson<Finding>(text)).sort(byId)).toEqual(asStored(scanned.findings).sort(byId));
  expect(keys).toHaveLength(4);
});

it('reads no log object by a function of its own but for headers', () => {
  const role = cloud.double.credentials(cloud.stack.functions.scan!.roleLogicalId).accessKeyId;
  expect(cloud.double.calls.filter(({ accessKeyId }) => accessKeyId === role)).toEqual([]);
});

it('needs no permission that it has not', () => {
  expect(cloud.permissions.refused).toEqual([]);
  const unused = cloud.permissions.unused().filter((name) => name.startsWith('ResolveAddressesRole.'));
  expect(unused.filter((name) => !EXPLAINED.some(({ permission }) => permission.test(name)))).toEqual([]);
});
