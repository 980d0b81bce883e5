/** The whole chain in the cloud, from S3 events to findings, beside the same logs swept on one machine. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromJson, toJson } from '../../src/core/exact-json.ts';
import type { Finding } from '../../src/core/finding-document.ts';
import { isAtLeast } from '../../src/core/severity.ts';
import { type SweepResult, sweep } from '../../src/local/sweep.ts';
import { makeWorld, type World } from '../oracle/world.ts';
import { makeService, packageStack } from '../stack/package-stack.ts';
import { type CloudStack, LOG_BUCKET, openCloudStack } from './stack.ts';

const DEMO = fileURLToPath(new URL('../../demo/', import.meta.url));
const LOCATION = `s3://${LOG_BUCKET}/org/`;

let cloud: CloudStack;
let world: World;
let onOneMachine: SweepResult;

beforeAll(async () => {
  const { template } = packageStack(await makeService(), { logLocations: LOCATION });
  cloud = await openCloudStack(template);
  world = makeWorld();
  const clock = new Date();
  onOneMachine = await sweep({ logs: [`${DEMO}logs`], iocs: [`${DEMO}iocs.csv`], home: world.home, clock });
  await put(cloud.stateBucket, 'indicators/incoming/iocs.csv', readFileSync(`${DEMO}iocs.csv`));
  await cloud.settle();
}, 300_000);

afterAll(async () => {
  await cloud?.close();
  world?.remove();
});

function put(bucket: string, key: string, body: Buffer | string): Promise<unknown> {
  return cloud.double.s3.put(bucket, key, Buffer.from(body));
}

async function read(prefix: string): Promise<Map<string, string>> {
  const keys = cloud.double.s3.keys(cloud.stateBucket, prefix);
  return new Map(
    await Promise.all(keys.map(async (key) => [key, await cloud.double.s3.text(cloud.stateBucket, key)] as const)),
  );
}

async function readFindings(): Promise<Finding[]> {
  return [...(await read('findings/')).values()].map((text) => fromJson<Finding>(text));
}

function demoLogs(): string[] {
  return readdirSync(`${DEMO}logs`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(`${DEMO}logs`, join(entry.parentPath, entry.name)));
}

describe('log objects arrive', () => {
  beforeAll(async () => {
    for (const path of demoLogs()) await put(LOG_BUCKET, `org/${path}`, readFileSync(`${DEMO}logs/${path}`));
    expect(await cloud.settle()).toEqual([]);
    expect(cloud.failures()).toEqual([]);
  }, 300_000);

  it('and become the findings of one machine', async () => {
    const byId = (a: Finding, b: Finding) => (a.finding_id < b.finding_id ? -1 : 1);
    expect((await readFindings()).sort(byId)).toEqual(fromJson<Finding[]>(toJson(onOneMachine.findings)).sort(byId));
  });

  it('and are accounted for, each of them', async () => {
    const manifests = [...(await read('manifests/'))];
    const keys = manifests
      .filter(([key]) => key.endsWith('.json'))
      .flatMap(([, text]) => fromJson<{ objects: { key: string }[] }>(text).objects.map(({ key }) => key));
    expect(keys.sort()).toEqual(
      demoLogs()
        .filter((path) => path.endsWith('.gz'))
        .map((path) => `${LOCATION}${path}`)
        .sort(),
    );
    const done = manifests.map(([key]) => key).filter((key) => key.endsWith('.done'));
    expect(done).toHaveLength(manifests.length / 2);
  });

  it('and those at or above MEDIUM are in Security Hub and told to subscribers, once', async () => {
    const grave = (await readFindings()).filter(({ severity }) => isAtLeast(severity, 'MEDIUM'));
    expect(grave.length).toBeGreaterThan(3);
    const told = (await cloud.notifications()).map(({ MessageAttributes }) => MessageAttributes.notification_id!.Value);
    expect(told).toEqual(expect.arrayContaining(grave.map(({ finding_id, severity }) => `${finding_id}:${severity}`)));
    // Each day is an execution of its own: what the second one made graver is told again, as that.
    expect(new Set(told).size).toBe(told.length);
    const ids = new Set(grave.map(({ finding_id }) => finding_id));
    expect(told.filter((id) => !ids.has(id!.split(':')[0]!))).toEqual([]);
  });

  it('and no call was refused', () => {
    expect(cloud.permissions.refused).toEqual([]);
  });
});
