/** What the tasks of the cloud stand on, in memory, as strict as the words of ports.ts. For tests only. */
import { gzipSync } from 'node:zlib';
import type { StoredLogObject } from '../../src/core/batch.ts';
import { LogObjectUnavailable, LogObjectUnreadable } from '../../src/core/errors.ts';
import type { ExecutionInput } from '../../src/core/execution.ts';
import { parseKey } from '../../src/core/log-object.ts';
import type { LogTable, PartitionLocation } from '../../src/core/log-table.ts';
import type { Catalog, LogStore, ObjectStore, Workflow } from '../../src/ports.ts';
import type { ListedObject } from '../../src/tasks/ingest.ts';
import type { SweepWindowPorts } from '../../src/tasks/sweep-window.ts';
import { openMemoryStore, type Tick } from '../property/memory-store.ts';

export const HEADER =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';

type Status = NonNullable<Awaited<ReturnType<Workflow['status']>>>;

/** Executions by name. A name is taken for good, whatever became of its execution. */
export class Executions implements Workflow {
  readonly inputs = new Map<string, ExecutionInput>();
  readonly statuses = new Map<string, Status>();

  async start(name: string, input: unknown): Promise<boolean> {
    if (!/^[\w-]{1,80}$/.test(name)) throw new Error(`InvalidName: ${name}`);
    if (this.inputs.has(name)) return false;
    this.inputs.set(name, input as ExecutionInput);
    this.statuses.set(name, 'RUNNING');
    return true;
  }

  async status(name: string): Promise<Status | undefined> {
    return this.statuses.get(name);
  }

  /** All that run end so. */
  end(status: Status): void {
    for (const [name, now] of this.statuses) if (now === 'RUNNING') this.statuses.set(name, status);
  }

  get names(): string[] {
    return [...this.inputs.keys()];
  }
}

/** Tables, their partitions and views. `calls` counts what was asked. */
export class Tables implements Catalog {
  readonly tables = new Map<string, LogTable>();
  readonly partitions = new Map<string, PartitionLocation>();
  readonly views = new Map<string, string>();
  readonly calls: string[] = [];
  /** Calls that fail, by their name. */
  failing: string | undefined;
  readonly #tick: Tick;

  constructor(tick: Tick) {
    this.#tick = tick;
  }

  async ensureTable(table: LogTable): Promise<void> {
    await this.#begin('ensureTable');
    if (!this.tables.has(table.name)) this.tables.set(table.name, table);
  }

  async addPartitions(table: string, partitions: readonly PartitionLocation[]) {
    await this.#begin('addPartitions');
    if (!this.tables.has(table)) throw new Error(`EntityNotFoundException: ${table}`);
    return partitions.flatMap((partition) => {
      const key = `${table} ${partition.date} ${partition.region} ${partition.accountId}`;
      const other = this.partitions.get(key);
      if (other === undefined) this.partitions.set(key, partition);
      return other === undefined || other.location === partition.location
        ? []
        : [{ ...partition, registered: other.location }];
    });
  }

  async replaceView(name: string, sql: string): Promise<void> {
    await this.#begin('replaceView');
    for (const [table] of sql.matchAll(/\bflow_[0-9a-f]{16}\b/g)) {
      if (!this.tables.has(table)) throw new Error(`EntityNotFoundException: ${table}`);
    }
    this.views.set(name, sql);
  }

  async #begin(call: string): Promise<void> {
    await this.#tick();
    this.calls.push(call);
    if (call === this.failing) throw new Error(`${call}: ThrottlingException`);
  }
}

/** A log object in a bucket: its text, or why it cannot be had. */
export type Content = string | Uint8Array | 'unavailable' | 'gone';

export class Buckets implements LogStore {
  readonly contents = new Map<string, Content>();
  readonly opened: string[] = [];

  async *open(key: string): AsyncIterable<Uint8Array> {
    this.opened.push(key);
    const content = this.contents.get(key) ?? 'gone';
    if (content === 'unavailable') throw new LogObjectUnavailable(`SlowDown: ${key}`);
    if (content === 'gone') throw new LogObjectUnreadable(`NoSuchKey: ${key}`);
    const bytes = typeof content === 'string' ? gzipSync(content) : content;
    for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
  }
}

export type CloudWorld = {
  readonly objects: Map<string, string>;
  readonly store: ObjectStore;
  readonly catalog: Tables;
  readonly workflow: Executions;
  readonly logs: Buckets;
  /** What the bucket lists. */
  readonly listed: ListedObject[];
  /** Ports of a process of its own. */
  readonly ports: () => SweepWindowPorts;
};

export function makeCloudWorld(tick: Tick = async () => {}): CloudWorld {
  const objects = new Map<string, string>();
  const [store, catalog] = [openMemoryStore(objects, tick), new Tables(tick)];
  const [workflow, logs] = [new Executions(), new Buckets()];
  const listed: ListedObject[] = [];
  const view = (from: string) => `-- name: x\nSELECT * FROM ${from}\n`;
  const views = {
    flow_records: `-- name: flow_records\nSELECT * FROM flow_table WHERE id IN ('flow_log_id')\n`,
    ...{ vpcflow: view('flow_records'), directional_flow_records: view('vpcflow') },
    ...{ incident_vpc_flow_directional: view('directional_flow_records'), vpc_flow_log_records: view('vpc_flow_logs') },
    ...{ addresses_by_line: view('address_index'), addresses: view('addresses_by_line') },
  };
  const ports = (): SweepWindowPorts => ({
    ...{ store, catalog, workflow, logs, views, known: new Set() },
    async *list({ from, to }) {
      for (const object of listed) {
        const parsed = parseKey(object.key);
        const date = 'logObject' in parsed ? parsed.logObject.date : from;
        if (date >= from && date <= to) yield object;
      }
    },
  });
  return { objects, store, catalog, workflow, logs, listed, ports };
}

export type ObjectPlace = {
  readonly serial?: number;
  readonly flowLogId?: string;
  readonly accountId?: string;
  readonly day?: string;
  readonly root?: string;
  readonly isHive?: boolean;
};

/** Key of a log object, as AWS would deliver it. */
export function toObjectKey({
  serial = 1,
  flowLogId = 'fl-0a1b2c3d4e5f60718',
  accountId = '111122223333',
  day = '2026-09-01',
  root = 's3://example-logs/AWSLogs/',
  isHive = false,
}: ObjectPlace = {}): string {
  const [year, month, date] = day.split('-');
  const folder = isHive
    ? `aws-account-id=${accountId}/aws-service=vpcflowlogs/aws-region=us-east-1/year=${year}/month=${month}/day=${date}`
    : `${accountId}/vpcflowlogs/us-east-1/${year}/${month}/${date}`;
  const hash = serial.toString(16).padStart(8, '0');
  return `${root}${folder}/${accountId}_vpcflowlogs_us-east-1_${flowLogId}_${year}${month}${date}T0005Z_${hash}.log.gz`;
}

export function toStoredObject(place: ObjectPlace = {}, more: Partial<StoredLogObject> = {}): StoredLogObject {
  const parsed = parseKey(toObjectKey(place));
  if ('foreign' in parsed) throw new Error(`not a log object: ${parsed.foreign}`);
  return { ...parsed.logObject, sizeBytes: 100, etag: `e${place.serial ?? 1}`, modified: 0, ...more };
}
