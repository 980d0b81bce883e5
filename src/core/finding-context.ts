/** What the rest of a host's traffic looks like, and how long an indicator has been known: beside a finding, not part of its fold. */
import type { ResultRow } from './match.ts';

/** Who talked to the host in the window, most bytes first. */
export type Peer = {
  readonly from: string;
  readonly to: string;
  readonly records: number;
  readonly bytes: bigint;
  /** Bytes per record, two decimals. */
  readonly data_ratio: string;
  /** `2026/09/01 00:05:12`, UTC, as the data-ratio query writes it. */
  readonly first_seen: string | null;
  readonly last_seen: string | null;
};

export type FindingContext = {
  readonly finding_id: string;
  readonly execution: string;
  readonly asked_at: string;
  /** Days of the logs that were asked, both in it. */
  readonly window: { readonly from: string; readonly to: string };
  readonly peers: readonly Peer[];
  /** The indicator's addresses in 90 days of the host's account and region, by the address index; null where it knows none. */
  readonly ever: {
    readonly first_seen: string | null;
    readonly last_seen: string | null;
    readonly objects: number;
  } | null;
};

/** As many as a person reads. */
const MOST_PEERS = 10;

export function contextKey(findingId: string): string {
  return `contexts/${findingId}.json`;
}

/** Rows of the data-ratio query, most bytes first → the first ten peers. */
export function toPeers(rows: readonly ResultRow[]): Peer[] {
  return rows.slice(0, MOST_PEERS).map((row) => ({
    from: String(row.sourceaddress),
    to: String(row.destinationaddress),
    records: Number(row.record_count ?? 0),
    bytes: BigInt(row.total_bytes ?? 0),
    data_ratio: String(row.data_ratio ?? ''),
    first_seen: row.first_seen === null ? null : String(row.first_seen),
    last_seen: row.last_seen === null ? null : String(row.last_seen),
  }));
}
