/** What the tasks need from outside. Each port has one implementation per runtime: AWS, and one machine. */
import type { Finding } from './core/finding.ts';
import type { ResultRow } from './core/match.ts';

/** Flowhound's own state: objects under one prefix. Putting the same object twice changes nothing. */
export type ObjectStore = {
  /** The object's text, or undefined if there is none. */
  get(key: string): Promise<string | undefined>;
  /** Writes the whole object or nothing; a body that is a stream is not held in memory. */
  put(key: string, body: string | AsyncIterable<Uint8Array>): Promise<void>;
  /** Removes the object if it is there. */
  remove(key: string): Promise<void>;
  /** Keys that begin so, in no order. */
  list(prefix: string): AsyncIterable<string>;
};

/** Where the log objects are. */
export type LogStore = {
  /**
   * The object's bytes from the beginning, piece by piece.
   * Throws LogObjectUnavailable if another try may help, LogObjectUnreadable if not.
   */
  open(key: string): AsyncIterable<Uint8Array>;
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
  readonly withdrawn: readonly string[];
};

export type Publisher = {
  publish(changes: FindingChanges): Promise<void>;
};
