/** Log objects as S3 delivers them, in a folder of their own, and what the product answers over them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { writeRows } from '../../src/cli/rows.ts';
import { runQuery } from '../../src/local/run-query.ts';

export type Place = { readonly account: string; readonly region: string; readonly day: string };

export const US: Place = { account: '111122223333', region: 'us-east-1', day: '2026/09/01' };
export const EU: Place = { account: '444455556666', region: 'eu-west-1', day: '2026/09/02' };

/** Unix time of 2026-09-01T00:00:00Z and of the day after. */
export const DAY_1 = 1788220800;
export const DAY_2 = 1788307200;

const FLOW_LOG_ID = 'fl-0a1b2c3d4e5f60718';

export class LogFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'flowhound-golden-'));
  #objects = 0;

  /** Adds an object with these very bytes. */
  addBytes({ account, region, day }: Place, bytes: Uint8Array, flowLogId = FLOW_LOG_ID): void {
    const folder = join(this.path, 'AWSLogs', account, 'vpcflowlogs', region, day);
    mkdirSync(folder, { recursive: true });
    const time = `${day.replaceAll('/', '')}T0000Z`;
    const hash = String(++this.#objects).padStart(8, '0');
    writeFileSync(join(folder, `${account}_vpcflowlogs_${region}_${flowLogId}_${time}_${hash}.log.gz`), bytes);
  }

  /** Adds an object of these lines, each with its LF. */
  add(place: Place, lines: readonly string[], flowLogId = FLOW_LOG_ID): void {
    this.addBytes(place, gzipSync(lines.map((line) => `${line}\n`).join('')), flowLogId);
  }

  /** Adds a file beside the objects; returns its path. */
  addFile(name: string, content: string | Uint8Array): string {
    const path = join(this.path, name);
    writeFileSync(path, content);
    return path;
  }

  /** Adds a file of the address index, as if the folder were a home. */
  addIndexFile(name: string, bytes: Uint8Array): void {
    const path = join(this.path, 'addresses', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

export type Answer = { readonly lines: string[]; readonly notes: string[] };

/** Lines of the CSV the product gives, and its remarks. */
export async function ask(
  name: string,
  logs: readonly string[],
  parameters: Readonly<Record<string, string>> = {},
  iocs: readonly string[] = [],
  home = join(tmpdir(), 'flowhound-no-such-home'),
): Promise<Answer> {
  let text = '';
  const notes: string[] = [];
  const write = async (part: string): Promise<void> => {
    text += part;
  };
  await runQuery(
    {
      ...{ name, logs, parameters, iocs, allow: [], own: [], home },
      onNote: (note) => notes.push(note),
    },
    (rows) => writeRows(rows, 'csv', { write, say: (line) => notes.push(line) }),
  );
  return { lines: text.split('\n').slice(0, -1), notes };
}
