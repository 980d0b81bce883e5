/** Flow records → log objects in folders, as S3 delivers them: one object per flow log and two-hour slot. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { constants, gzipSync } from 'node:zlib';
import type { FlowRecord } from './conversation.ts';
import { FLOW_LOGS, type FlowLog, type Host } from './network.ts';
import type { Random } from './random.ts';
import { formatRecord, formatStatus } from './record-line.ts';

/** 2026-09-01T00:00:00Z. */
export const FIRST_SECOND = Date.UTC(2026, 8, 1) / 1000;
/** AWS delivers every five minutes; two hours keep the demo at some two hundred objects. */
export const SLOT_SECONDS = 7200;
export const SLOT_COUNT = 36;

export type Line = { readonly end: number; readonly text: string; readonly status: 'OK' | 'NODATA' | 'SKIPDATA' };

/** What a log object is besides whole: never delivered, cut short after some lines, or with lines that are no records. */
export type Damage = {
  readonly isSilent?: true;
  readonly truncatedAt?: number;
  readonly strayLines?: readonly string[];
};

/** Facts about what was written, counted line by line. */
export type Delivered = {
  objects: number;
  ok: number;
  noData: number;
  skipData: number;
  lostToTruncation: number;
  malformed: number;
};

/** Lines by flow log and slot. A record belongs to the slot of its end. */
export class Delivery {
  readonly #lines = new Map<string, Line[]>();

  add(log: FlowLog, record: FlowRecord): void {
    this.#slot(log, record.end).push({ end: record.end, text: formatRecord(record, log), status: 'OK' });
  }

  addStatus(log: FlowLog, host: Host, status: 'NODATA' | 'SKIPDATA', start: number, end: number): void {
    this.#slot(log, end).push({ end, text: formatStatus(host, log, status, start, end), status });
  }

  /** Writes the objects; a slot without lines has none. */
  write(folder: string, random: Random, damageOf: (log: FlowLog, slot: number) => Damage): Delivered {
    const counts: Delivered = { objects: 0, ok: 0, noData: 0, skipData: 0, lostToTruncation: 0, malformed: 0 };
    for (const log of FLOW_LOGS) {
      for (let slot = 0; slot < SLOT_COUNT; slot++) {
        const key = toKey(log, slot, toHash(random));
        const lines = this.#lines.get(`${log.id} ${slot}`);
        const damage = damageOf(log, slot);
        if (lines === undefined || damage.isSilent) continue;
        lines.sort((a, b) => a.end - b.end);
        writeObject(join(folder, key), toObject(log, lines, damage));
        count(counts, lines, damage);
      }
    }
    return counts;
  }

  #slot(log: FlowLog, end: number): Line[] {
    const slot = Math.floor((end - FIRST_SECOND) / SLOT_SECONDS);
    if (slot < 0 || slot >= SLOT_COUNT)
      throw new RangeError(`A record of ${log.id} ends outside the three days: ${end}`);
    const key = `${log.id} ${slot}`;
    const known = this.#lines.get(key);
    if (known !== undefined) return known;
    const lines: Line[] = [];
    this.#lines.set(key, lines);
    return lines;
  }
}

/** The S3 key of a delivered object. */
export function toKey(log: FlowLog, slot: number, hash: string): string {
  const time = new Date((FIRST_SECOND + slot * SLOT_SECONDS) * 1000).toISOString();
  const [year, month, day] = time.slice(0, 10).split('-');
  const stamp = `${year}${month}${day}T${time.slice(11, 13)}${time.slice(14, 16)}Z`;
  const name = `${log.accountId}_vpcflowlogs_${log.region}_${log.id}_${stamp}_${hash}.log.gz`;
  return log.layout === 'plain'
    ? `AWSLogs/${log.accountId}/vpcflowlogs/${log.region}/${year}/${month}/${day}/${name}`
    : `AWSLogs/aws-account-id=${log.accountId}/aws-service=vpcflowlogs/aws-region=${log.region}/year=${year}/month=${month}/day=${day}/${name}`;
}

export function toHash(random: Random): string {
  return random
    .below(2 ** 32)
    .toString(16)
    .padStart(8, '0');
}

export function writeObject(path: string, content: Buffer | string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

function count(counts: Delivered, lines: Line[], damage: Damage): void {
  const kept = damage.truncatedAt ?? lines.length;
  counts.objects++;
  counts.lostToTruncation += lines.length - kept;
  counts.malformed += damage.strayLines?.length ?? 0;
  for (const line of lines.slice(0, kept)) {
    if (line.status === 'OK') counts.ok++;
    else if (line.status === 'NODATA') counts.noData++;
    else counts.skipData++;
  }
}

function toObject(log: FlowLog, lines: Line[], damage: Damage): Buffer {
  const texts = lines.map((line) => line.text);
  damage.strayLines?.forEach((stray, i) => {
    texts.splice((i + 1) * 20, 0, stray);
  });
  const header = log.fields.join(' ');
  if (damage.truncatedAt === undefined) return gzip(`${[header, ...texts].join('\n')}\n`);
  const half = texts[damage.truncatedAt]!.slice(0, 40);
  return gzipCutShort(`${[header, ...texts.slice(0, damage.truncatedAt)].join('\n')}\n${half}`);
}

function gzip(text: string): Buffer {
  return withNeutralHeader(gzipSync(text, { level: 9 }));
}

/** A gzip stream that stops without its last block and its checksum; what stands before the break is the given text. */
function gzipCutShort(text: string): Buffer {
  return withNeutralHeader(gzipSync(text, { level: 9, finishFlush: constants.Z_SYNC_FLUSH }));
}

/** RFC 1952: no modification time (Node writes none), and "unknown" for the operating system, which Node fills in. */
function withNeutralHeader(gz: Buffer): Buffer {
  gz.writeUInt32LE(0, 4);
  gz[9] = 255;
  return gz;
}
