/**
 * Findings are the same after any order, split or repetition of the input: objects in other groups, swept again, their rows dealt
 * to other objects; through the real sweep, as documents and as printed.
 */
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromJson, toJson } from '../../src/core/exact-json.ts';
import { bySeverity, foldFindings } from '../../src/core/finding.ts';
import type { Finding } from '../../src/core/finding-document.ts';
import { openFolderStore } from '../../src/local/folder-store.ts';
import { sweep } from '../../src/local/sweep.ts';
import { readTallies } from '../../src/tasks/totals.ts';
import { observe, throughGateway } from '../incidents/conversation.ts';
import { DEFAULT_FIELDS, Delivery, type FlowLog, INSTANCE_FIELDS, TRANSIT_FIELDS } from '../incidents/flow-logs.ts';
import { type CaseObject, type World, writeLists, writeObjects } from '../oracle/world.ts';
import { runs } from './runs.ts';
import { CLOCK, inWorld, storedIn } from './sweeping.ts';

const LIST = '203.0.113.7,C2\n203.0.113.0/24,network\n2001:db8:77::/48,scanner\n';
const GATEWAY = '10.0.0.220';
/** 2026-08-31T21:00:00Z: three hours before another day and another month. */
const EVENING = Date.UTC(2026, 7, 31, 21) / 1000;

const log = (id: string, accountId: string, fields: readonly string[]): FlowLog => ({
  id,
  accountId,
  region: 'us-east-1',
  fields,
});
const INSTANCES = log('fl-0a', '111122223333', INSTANCE_FIELDS);
const PLAIN = log('fl-0b', '444455556666', DEFAULT_FIELDS);
const NETWORK = log('fl-0c', '444455556666', INSTANCE_FIELDS);
const TRANSIT = log('fl-0d', '444455556666', TRANSIT_FIELDS);

/** One conversation of one of few hosts with one of few addresses, and where it is logged. */
const ANY_SCENE = fc.record({
  host: fc.constantFrom('10.0.0.5', '10.0.0.6'),
  remote: fc.constantFrom('203.0.113.7', '203.0.113.9', '2001:db8:77::1'),
  isInbound: fc.boolean(),
  start: fc.integer({ min: 0, max: 6 * 3600 }).map((after) => EVENING + after),
  seconds: fc.constantFrom(0, 5, 700, 4000),
  bytesUp: fc.constantFrom(40, 9000, 30_000_000),
  bytesDown: fc.constantFrom(0, 5000),
  action: fc.constantFrom('ACCEPT' as const, 'ACCEPT' as const, 'REJECT' as const),
  port: fc.constantFrom(22, 443),
  clientPort: fc.integer({ min: 40_000, max: 40_003 }),
  isLoggedAt: fc.subarray(['instance', 'plain', 'near', 'far', 'transit'] as const, { minLength: 1 }),
  repeats: fc.constantFrom(1, 1, 12),
});
/** The NAT gateway only sees what goes out: a scene that nobody logs is none. */
const SCENE = ANY_SCENE.filter(
  ({ isInbound, isLoggedAt }) => !isInbound || isLoggedAt.some((place) => place !== 'near' && place !== 'far'),
);
type Scene = typeof SCENE extends fc.Arbitrary<infer One> ? One : never;

function addScene(delivery: Delivery, scene: Scene): void {
  const { host, remote, isInbound, port, clientPort, isLoggedAt, repeats, ...rest } = scene;
  for (let i = 0; i < repeats; i++) {
    const ends = isInbound ? { client: remote, server: host } : { client: host, server: remote };
    const seen = {
      ...{ ...rest, ...ends, clientPort, serverPort: port, start: rest.start + i * 300 },
      ...{ packetsUp: 3, packetsDown: rest.bytesDown === 0 ? 0 : 2 },
    };
    const names = { 'interface-id': `eni-${host}`, 'instance-id': `i-${host}` };
    const nat = { 'interface-id': 'eni-nat' };
    const add = (place: FlowLog, all: ReturnType<typeof observe>, more: Record<string, string>) => {
      for (const record of all) delivery.add(place, { ...record, ...more });
    };
    if (isLoggedAt.includes('instance')) add(INSTANCES, observe(seen, 60, !isInbound), names);
    if (isLoggedAt.includes('plain')) add(PLAIN, observe(seen, 600, !isInbound), { 'interface-id': `eni-${host}` });
    if (isLoggedAt.includes('transit')) add(TRANSIT, observe(seen, 60, true), { 'tgw-id': 'tgw-0a' });
    if (isInbound) continue;
    const near = observe(seen, 600, false).map((record) => throughGateway(record, GATEWAY, host));
    if (isLoggedAt.includes('near')) add(NETWORK, near, nat);
    if (isLoggedAt.includes('far')) add(NETWORK, observe({ ...seen, client: GATEWAY }, 600, true), nat);
  }
}

function makeObjects(scenes: readonly Scene[]): CaseObject[] {
  const delivery = new Delivery();
  for (const scene of scenes) addScene(delivery, scene);
  return delivery.objects();
}

/** The rows of each object dealt to several, in another order. */
function deal(objects: readonly CaseObject[], hands: readonly number[]): CaseObject[] {
  return objects.flatMap(({ key, text, packing }) => {
    const [header = '', ...lines] = text.trimEnd().split('\n');
    const dealt = Map.groupBy(lines, (_, i) => hands[i % hands.length]!);
    return [...dealt].map(([hand, own]) => ({
      key: key.replace(/_([0-9a-f]+)\.log\.gz$/, `_$1${hand}.log.gz`),
      text: `${[header, ...own.toReversed()].join('\n')}\n`,
      packing,
    }));
  });
}

async function sweepParts(world: World, objects: readonly CaseObject[], parts: readonly (readonly CaseObject[])[]) {
  writeObjects(world.logs, objects);
  const iocs = writeLists(world.root, [{ name: 'iocs.csv', text: LIST }]);
  for (const part of parts) {
    const logs = part.map(({ key }) => join(world.logs, key));
    await sweep({ logs, iocs, home: world.home, clock: CLOCK });
  }
  return remembered(world.home);
}

/** The documents in findings/, and what the command prints. */
async function remembered(home: string) {
  const { findings } = await storedIn(home);
  const printed = foldFindings(await readTallies(openFolderStore(home))).findings;
  const documents = Object.values(findings).map((text) => fromJson<Finding>(text));
  return { findings, printed: printed.map((finding) => toJson(finding)), documents };
}

describe('findings are the same', () => {
  it('however the objects are grouped, ordered and swept again', async () => {
    const order = fc.array(fc.array(fc.nat(40), { minLength: 1, maxLength: 5 }), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(SCENE, { minLength: 1, maxLength: 5 }),
        order,
        fc.boolean(),
        async (scenes, chosen, isLast) => {
          const objects = makeObjects(scenes);
          const expected = await inWorld((world) => sweepParts(world, objects, [objects]));
          const parts = chosen.map((members) => members.map((n) => objects[n % objects.length]!));
          const all = isLast ? [...parts, objects.toReversed()] : [objects.toReversed(), ...parts];
          expect(await inWorld((world) => sweepParts(world, objects, all))).toEqual(expected);
        },
      ),
      runs(5),
    );
  });

  it('however the rows are dealt to objects', async () => {
    const hands = fc.array(fc.nat(2), { minLength: 1, maxLength: 7 });
    await fc.assert(
      fc.asyncProperty(fc.array(SCENE, { minLength: 1, maxLength: 5 }), hands, async (scenes, dealt) => {
        const objects = makeObjects(scenes);
        const expected = await inWorld((world) => sweepParts(world, objects, [objects]));
        const others = deal(objects, dealt);
        const half = Math.ceil(others.length / 2);
        const parts = [others.slice(half), others.slice(0, half)].filter((part) => part.length > 0);
        expect(await inWorld((world) => sweepParts(world, others, parts))).toEqual(expected);
      }),
      runs(6),
    );
  });
});

it('what is printed are the documents that are kept, gravest first', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(SCENE, { minLength: 1, maxLength: 8 }), async (scenes) => {
      const objects = makeObjects(scenes);
      const { documents, printed } = await inWorld((world) => sweepParts(world, objects, [objects]));
      const kept = documents.toSorted(bySeverity).map((document) => toJson(document));
      expect(printed).toEqual(kept);
      for (const { hourly, records_in, records_out, kind } of documents) {
        const records = hourly.reduce((sum, hour) => sum + hour.records, 0);
        expect(records).toBe(kind === 'scans' ? 0 : records_in + records_out);
      }
    }),
    runs(6),
  );
});
