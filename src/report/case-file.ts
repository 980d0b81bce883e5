/** What a report is made of, as it lies in a store: findings and all that stands behind them. */

import type { StoredLogObject } from '../core/batch.ts';
import { fromJson } from '../core/exact-json.ts';
import { contextKey, type FindingContext, type Peer, toPeers } from '../core/finding-context.ts';
import type { Finding } from '../core/finding-document.ts';
import type { Sighting } from '../core/sighting-document.ts';
import type { ObjectStore } from '../ports.ts';
import { type HostDataRatio, readHostDataRatios } from '../tasks/record-data-ratio.ts';
import { type FindingEvidence, pickEvidence } from './evidence-rows.ts';
import {
  type ListVersion,
  type Run,
  type RunsAsked,
  readListVersions,
  readObjects,
  readRuns,
} from './run-documents.ts';

/** A query as it was run, parameters as the text names them. */
export type QueryText = { readonly name: string; readonly purpose: string; readonly sql: string };

export type CaseFile = {
  readonly writtenAt: Date;
  readonly version: string;
  /** Gravest first. */
  readonly findings: readonly Finding[];
  readonly sightings: readonly Sighting[];
  /** By finding id: the rest of the host's traffic, and the indicator in all logs. */
  readonly contexts: ReadonlyMap<string, Context>;
  readonly evidence: ReadonlyMap<string, FindingEvidence>;
  readonly runs: readonly Run[];
  readonly objects: readonly StoredLogObject[];
  readonly lists: readonly ListVersion[];
  readonly queries: readonly QueryText[];
};

export type Context = { readonly peers: readonly Peer[] } & Partial<Pick<FindingContext, 'window' | 'ever'>>;

export type CaseRequest = Pick<CaseFile, 'writtenAt' | 'version' | 'findings' | 'sightings' | 'queries'> & RunsAsked;

/** Gathers what the store has on the findings. */
export async function readCaseFile(request: CaseRequest, store: ObjectStore): Promise<CaseFile> {
  const runs = await readRuns(request, store);
  return {
    ...request,
    runs,
    contexts: await readContexts(request.findings, runs, store),
    evidence: await pickEvidence(request.findings, store),
    objects: await readObjects(runs, store),
    lists: await readListVersions(runs, store),
  };
}

async function readContexts(
  findings: readonly Finding[],
  runs: readonly Run[],
  store: ObjectStore,
): Promise<Map<string, Context>> {
  const ratios = new Map<string, HostDataRatio>();
  // Oldest first, so that the latest look at a host stays.
  for (const { execution } of [...runs].reverse()) {
    for (const ratio of await readHostDataRatios(execution, store)) ratios.set(ratio.findingId, ratio);
  }
  const contexts = new Map<string, Context>();
  for (const { finding_id } of findings) {
    const text = await store.get(contextKey(finding_id));
    if (text !== undefined) contexts.set(finding_id, fromJson<FindingContext>(text));
    else if (ratios.has(finding_id)) contexts.set(finding_id, { peers: toPeers(ratios.get(finding_id)!.rows) });
  }
  return contexts;
}
