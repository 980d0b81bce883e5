/** What the tasks need from outside. Each port has one implementation per runtime: AWS, and one machine. */
import type { Finding } from './core/finding-document.ts';
import type { Room } from './core/gunzip.ts';
import type { LogTable, PartitionConflict, PartitionLocation } from './core/log-table.ts';
import type { ResultRow } from './core/match.ts';

/** An object's text with what changes whenever the text does: an ETag, a hash. */
export type Versioned = { readonly text: string; readonly version: string };

/** Part of an object: so many bytes from an offset, or its last bytes; cut to what is there. */
export type ByteRange = { readonly from: number; readonly length: number } | { readonly last: number };

/** Flowhound's own state: objects under one prefix. Putting the same object twice changes nothing. */
export type ObjectStore = {
  /** The object's text, or undefined if there is none. */
  get(key: string): Promise<string | undefined>;
  /** The object's text and version, or undefined if there is none. */
  read(key: string): Promise<Versioned | undefined>;
  /** The object's bytes, or those of a range of it; undefined if there is no object. */
  bytes(key: string, range?: ByteRange): Promise<Uint8Array | undefined>;
  /** Writes the whole object or nothing; a body that is a stream is not held in memory. */
  put(key: string, body: string | Uint8Array | AsyncIterable<Uint8Array>): Promise<void>;
  /**
   * Writes only if the object still has this version, or is still absent where `version` is undefined. False means that
   * another writer was faster: read again, decide again.
   */
  replace(key: string, text: string, version: string | undefined): Promise<boolean>;
  /** Removes the object if it is there and, where `version` is given, still has it. False: another writer was faster. */
  remove(key: string, version?: string): Promise<boolean>;
  /** Keys that begin so, in no order. */
  list(prefix: string): AsyncIterable<string>;
};

/** Where the log objects are. */
export type LogStore = {
  /**
   * The object's bytes from the beginning, piece by piece, laid into `room` where that is easy; a piece is good until the next is
   * asked for. A key is a file path or
   * `s3://bucket/key`.
   * Throws LogObjectUnavailable if another try may help, LogObjectUnreadable if not.
   */
  open(key: string, room?: Room): AsyncIterable<Uint8Array>;
};

/** What a query engine must know before it is asked about log objects. */
export type Catalog = {
  /** Makes the table if it is not there. */
  ensureTable(table: LogTable): Promise<void>;
  /**
   * Registers partitions; one that exists with the same location is fine. Those that exist with another location are
   * returned, never changed.
   */
  addPartitions(table: string, partitions: readonly PartitionLocation[]): Promise<readonly PartitionConflict[]>;
  /** Makes or replaces a view; `sql` is the whole statement. */
  replaceView(name: string, sql: string): Promise<void>;
};

/** Executions of the state machine. */
export type Workflow = {
  /** False if an execution of this name exists already, in whatever state. */
  start(name: string, input: unknown): Promise<boolean>;
  status(name: string): Promise<'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED' | undefined>;
};

/** Results of the queries that the state machine ran. */
export type QueryResults = {
  /** Rows of a finished query in their order, streamed. `location` is the engine's OutputLocation. */
  rows(location: string): AsyncIterable<ResultRow>;
};

/** Findings after an execution, against those before it. */
export type FindingChanges = {
  readonly opened: readonly Finding[];
  readonly updated: readonly Finding[];
  /** Nothing stored speaks for them any more. */
  readonly withdrawn: readonly Finding[];
};

/** What the findings service says to one finding of a call. */
export type ImportOutcome =
  | { readonly id: string; readonly outcome: 'imported' }
  | { readonly id: string; readonly outcome: 'refused'; readonly reason: string }
  /** The service is switched off: trying again does not help until somebody switches it on. */
  | { readonly id: string; readonly outcome: 'disabled'; readonly reason: string };

/** A finding as the findings service takes it (ASFF). */
export type FindingDocument = { readonly Id: string; readonly [field: string]: unknown };

export type FindingsService = {
  /**
   * Imports in the calls that the service's limits ask for; throttled and failed ones are tried again by themselves. One that
   * still fails for no fault of its own has no outcome: it is to be imported another time.
   */
  importFindings(findings: readonly FindingDocument[]): Promise<readonly ImportOutcome[]>;
};

export type Notification = {
  /** The same for every repetition of one notification. */
  readonly id: string;
  /** ASCII, at most 100 characters, one line. */
  readonly subject: string;
  /** At most 262,144 bytes. */
  readonly body: string;
  /** A list passes a filter that asks for one of its values. */
  readonly attributes: Readonly<Record<string, string | readonly string[]>>;
  /** Other than the one for all. */
  readonly topic?: string | undefined;
};

export type Notifier = { notify(notification: Notification): Promise<void> };

/** A chat's address that takes messages as JSON. */
export type Webhook = {
  /** Throws WebhookUnavailable if another try may help, WebhookRefused if not. */
  post(body: string): Promise<void>;
};
