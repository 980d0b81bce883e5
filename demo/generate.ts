/**
 * Writes the demo: log objects under logs/, the IOC list, and the planted truth. The same on every run.
 *
 *     node demo/generate.ts                              the checked-in files
 *     node demo/generate.ts <demo folder> <truth file>   elsewhere
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { addBackground } from './background.ts';
import { type Damage, Delivery, FIRST_SECOND, SLOT_SECONDS, toHash, toKey, writeObject } from './delivery.ts';
import { addIncident } from './incident.ts';
import { IOC_LIST } from './ioc-list.ts';
import { FLOW_LOGS, type FlowLog } from './network.ts';
import { createRandom } from './random.ts';
import { Truth } from './truth.ts';

const SEED = 20260901;

/** prod eu-west-1, 2 September 16:00–18:00: cut short in transfer. */
const TRUNCATED = { log: logNumber(3), slot: 20, keptLines: 430 };
/** dev us-east-1, 3 September 04:00–06:00: never delivered. */
const SILENT = { log: logNumber(4), slot: 26 };
/** dev us-east-1, 2 September 06:00–08:00: some lines are no records. Two of them name an indicator and must not count. */
const STRAY = {
  log: logNumber(4),
  slot: 15,
  lines: [
    '2 444455556666 eni-0d19f6a3c57e0b84f 192.0.2.44 10.1.2.40 51',
    '2 444455556666 eni-0d19f6a3c57e0b84f 192.0.2.44 10.1.2.40 51844 22 6 1 12.5 1788332401 1788332402 REJECT OK',
    '2 444455556666 eni-0d19f6a3c57e0b84f 198.19.3.7 10.1.2.400 40112 443 6 9 1204 1788332401 1788332407 ACCEPT OK',
    '2 444455556666 eni-02d7b0f9e4c6a518b 10.1.2.41 198.18.4.53 40113 443 6 -7 1204 1788332401 1788332407 ACCEPT OK',
    '2 444455556666 eni-02d7b0f9e4c6a518b 10.1.2.41 198.18.4.53 40114 443 6 7 0x4B4 1788332401 1788332407 ACCEPT OK -',
    '\u0000\u0001\u0002',
  ],
};
/** dev eu-west-1, 1 September 10:00: an object of no bytes beside the good one. */
const EMPTY = { log: logNumber(5), slot: 5 };

/** Generates into a folder and returns the truth about it. */
export function generateDemo(folder: string) {
  const logs = join(folder, 'logs');
  rmSync(logs, { recursive: true, force: true });
  const delivery = new Delivery();
  const truth = new Truth();
  addBackground(delivery, createRandom(SEED));
  addIncident({ delivery, truth, random: createRandom(SEED + 1), isLost });
  const hashes = createRandom(SEED + 2);
  const delivered = delivery.write(logs, hashes, damageOf);
  writeObject(join(logs, toKey(EMPTY.log, EMPTY.slot, toHash(hashes))), '');
  writeObject(join(logs, 'readme.txt'), 'Flow logs of both accounts. Delivered by AWS; do not edit.\n');
  writeObject(join(logs, 'AWSLogs', '111122223333', 'vpcflowlogs_$folder$'), '');
  writeObject(join(folder, 'iocs.csv'), IOC_LIST.text);
  return {
    note: 'Planted by demo/generate.ts, added up while planting. Compared with a plain count in demo-data.test.ts.',
    logs: { ...delivered, whole: delivered.objects - 1, truncated: 1, empty: 1, foreign: 2 },
    iocs: IOC_LIST.facts,
    sightings: truth.sightings(),
  };
}

function damageOf(log: FlowLog, slot: number): Damage {
  if (log === TRUNCATED.log && slot === TRUNCATED.slot) return { truncatedAt: TRUNCATED.keptLines };
  if (log === SILENT.log && slot === SILENT.slot) return { isSilent: true };
  return log === STRAY.log && slot === STRAY.slot ? { strayLines: STRAY.lines } : {};
}

function isLost(log: FlowLog, epochSeconds: number): boolean {
  const slot = Math.floor((epochSeconds - FIRST_SECOND) / SLOT_SECONDS);
  return [TRUNCATED, SILENT].some((place) => place.log === log && place.slot === slot);
}

function logNumber(index: number): FlowLog {
  return FLOW_LOGS[index]!;
}

if (import.meta.main) {
  const [folder = import.meta.dirname, truthFile = join(import.meta.dirname, '../test/data/demo-truth.json')] =
    process.argv.slice(2);
  const truth = generateDemo(folder);
  writeObject(truthFile, `${JSON.stringify(truth, null, 2)}\n`);
  console.log(
    `${truth.logs.objects} log objects, ${truth.logs.ok} records, ${truth.sightings.length} planted sightings → ${folder}`,
  );
}
