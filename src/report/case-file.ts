/** What a report is made of, as it lies in a store: findings and all that stands behind them. */
import type { StoredLogObject } from '../core/batch.ts';
import type { FindingContext } from '../core/finding-context.ts';
import type { Finding } from '../core/finding-document.ts';
import type { Sighting } from '../core/sighting-document.ts';
import type { ObjectStore } from '../ports.ts';
import { readContext } from '../tasks/record-data-ratio.ts';
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
  readonly contexts: ReadonlyMap<string, FindingContext>;
  readonly evidence: ReadonlyMap<string, FindingEvidence>;
  readonly runs: readonly Run[];
  readonly objects: readonly StoredLogObject[];
  readonly lists: readonly ListVersion[];
  readonly queries: readonly QueryText[];
};

export type CaseRequest = Pick<CaseFile, 'writtenAt' | 'version' | 'findings' | 'sightings' | 'queries'> & RunsAsked;

/** Gathers what the store has on the findings. */
export async function readCaseFile(request: CaseRequest, store: ObjectStore): Promise<CaseFile> {
  const runs = await readRuns(request, store);
  return {
    ...request,
    runs,
    contexts: await readContexts(request.findings, store),
    evidence: await pickEvidence(request.findings, store),
    objects: await readObjects(runs, store),
    lists: await readListVersions(runs, store),
  };
}

async function readContexts(findings: readonly Finding[], store: ObjectStore): Promise<Map<string, FindingContext>> {
  const contexts = new Map<string, FindingContext>();
  for (const { finding_id } of findings) {
    const context = await readContext(finding_id, store);
    if (context !== undefined) contexts.set(finding_id, context);
  }
  return contexts;
}
