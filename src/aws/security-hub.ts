/**
 * Findings → Security Hub, within what BatchImportFindings takes:
 * docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchImportFindings.html
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AwsSecurityFinding,
  BatchImportFindingsCommand,
  type BatchImportFindingsCommandOutput,
  type SecurityHubClient,
} from '@aws-sdk/client-securityhub';
import type { FindingDocument, FindingsService, ImportOutcome } from '../ports.ts';
import { errorName, toOneLine } from './aws-error.ts';
import { backOff } from './backoff.ts';

const MOST_FINDINGS = 100;
/** "240 KB" and "6 MB" are not said to be 1,024s; these are the smaller reading. */
const MOST_FINDING_BYTES = 240_000;
const MOST_CALL_BYTES = 6_000_000;
/** 10 calls a second; a burst of 30 is not used up, other importers share it. */
const CALL_INTERVAL_MS = 100;
/** Of a finding that failed for no fault of its own. */
const MOST_TRIES = 4;

/** The service of the client's account and region. */
export function openSecurityHub(client: SecurityHubClient): FindingsService {
  const pace = toPace(CALL_INTERVAL_MS);
  return {
    async importFindings(findings) {
      const outcomes = new Map<string, ImportOutcome>();
      const sized = findings.map((finding) => ({ finding, bytes: Buffer.byteLength(JSON.stringify(finding)) }));
      for (const { finding, bytes } of sized) {
        if (bytes > MOST_FINDING_BYTES) outcomes.set(finding.Id, refuse(finding.Id, `${bytes} bytes, over 240 KB`));
      }
      const fitting = sized.filter(({ bytes }) => bytes <= MOST_FINDING_BYTES);
      for (const batch of toBatches(fitting)) {
        for (const outcome of await importBatch(client, pace, batch, 1)) outcomes.set(outcome.id, outcome);
      }
      return findings.flatMap(({ Id }) => outcomes.get(Id) ?? []);
    },
  };
}

type Sized = { readonly finding: FindingDocument; readonly bytes: number };

function toBatches(findings: readonly Sized[]): FindingDocument[][] {
  const batches: FindingDocument[][] = [];
  let batchBytes = Number.POSITIVE_INFINITY;
  for (const { finding, bytes } of findings) {
    // A comma each, and the document around them.
    if (batchBytes + bytes + 1 > MOST_CALL_BYTES || batches.at(-1)!.length === MOST_FINDINGS) {
      batches.push([]);
      batchBytes = '{"Findings":[]}'.length;
    }
    batches.at(-1)!.push(finding);
    batchBytes += bytes + 1;
  }
  return batches;
}

/** Failed ones are tried again without the others; a call that is refused as a whole is halved to find the culprit. */
async function importBatch(
  client: SecurityHubClient,
  pace: () => Promise<void>,
  batch: readonly FindingDocument[],
  tries: number,
): Promise<ImportOutcome[]> {
  const answer = await call(client, pace, batch);
  if ('reason' in answer) return batch.map(({ Id }) => ({ id: Id, outcome: 'disabled', reason: answer.reason }));
  if ('invalid' in answer) {
    if (batch.length === 1) return [refuse(batch[0]!.Id, answer.invalid)];
    const half = Math.ceil(batch.length / 2);
    const first = await importBatch(client, pace, batch.slice(0, half), tries);
    return [...first, ...(await importBatch(client, pace, batch.slice(half), tries))];
  }
  const failed = new Map(answer.FailedFindings?.map(({ Id, ...failure }) => [Id, failure]));
  const outcomes = batch.flatMap(({ Id }): ImportOutcome[] => {
    const failure = failed.get(Id);
    if (failure === undefined) return [{ id: Id, outcome: 'imported' }];
    const { ErrorCode = '', ErrorMessage = '' } = failure;
    const reason = toOneLine(`${ErrorCode}: ${ErrorMessage}`);
    if (isDisabled(ErrorCode)) return [{ id: Id, outcome: 'disabled', reason }];
    return isInvalid(ErrorCode) ? [refuse(Id, reason)] : [];
  });
  const settled = new Set(outcomes.map(({ id }) => id));
  const again = batch.filter(({ Id }) => !settled.has(Id));
  // What fails for no fault of its own is left without an outcome in the end: a later call may do.
  if (again.length === 0 || tries === MOST_TRIES) return outcomes;
  await backOff(tries);
  return [...outcomes, ...(await importBatch(client, pace, again, tries + 1))];
}

type Answer = BatchImportFindingsCommandOutput | { readonly reason: string } | { readonly invalid: string };

/** Throttled calls are tried again by the client. */
async function call(
  client: SecurityHubClient,
  pace: () => Promise<void>,
  batch: readonly FindingDocument[],
): Promise<Answer> {
  await pace();
  try {
    return await client.send(new BatchImportFindingsCommand({ Findings: batch as unknown as AwsSecurityFinding[] }));
  } catch (error) {
    const reason = toOneLine(`${errorName(error)}: ${(error as Error).message}`);
    if (isDisabled(errorName(error))) return { reason };
    if (isInvalid(errorName(error))) return { invalid: reason };
    throw error;
  }
}

/** The call's error is InvalidAccessException ("not subscribed to AWS Security Hub"), that of a single finding InvalidAccess. */
function isDisabled(code: string): boolean {
  return /^InvalidAccess(Exception)?$/.test(code);
}

/** The finding is not well-formed: it will not be, however often it is sent. */
function isInvalid(code: string): boolean {
  return /^(InvalidInput|Validation)(Exception)?$/.test(code);
}

function refuse(id: string, reason: string): ImportOutcome {
  return { id, outcome: 'refused', reason };
}

/** Lets a caller through once per interval. */
function toPace(intervalMs: number): () => Promise<void> {
  let next = 0;
  return async () => {
    const now = Date.now();
    const wait = next - now;
    next = Math.max(now, next) + intervalMs;
    if (wait > 0) await sleep(wait);
  };
}
