/**
 * A strict double of the AWS services that Flowhound calls, on one loopback port. Real SDK clients and bundled Lambda handlers
 * find it by AWS_ENDPOINT_URL. What AWS refuses, it refuses.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Faults } from './faults.ts';
import type { RecordedCall } from './recording.ts';
import type { EventBridgeEvent, S3Event } from './s3-events.ts';
import { type Authorize, listen, urlOf } from './server.ts';
import { type DoubleState, openServices } from './services.ts';

export type AwsDoubleOptions = {
  readonly region?: string;
  readonly buckets?: readonly string[];
  /** Keys on a page of a listing: S3's 1000 by default. */
  readonly listPage?: number;
  /** Partitions on a page of GetPartitions; Glue decides, here 1000 by default. */
  readonly partitionPage?: number;
  /** Milliseconds between the retries of a state: the waits of a definition are for busy services. */
  readonly retryDelay?: number;
  /** Queries that Athena runs at once. */
  readonly mostQueries?: number;
  /** What projected partitions call NOW. */
  readonly now?: () => Date;
};

export type Credentials = { readonly accessKeyId: string; readonly secretAccessKey: string };

export type AwsDouble = DoubleState & {
  readonly url: string;
  readonly region: string;
  readonly accountId: '111122223333';
  /** Every call in the order of its end. */
  readonly calls: RecordedCall[];
  readonly faults: Faults;
  /** Called once for each object that was created or deleted, after the call that did it was answered. */
  onS3Event: ((event: S3Event) => void | Promise<void>) | undefined;
  /** Called when an execution began and when it ended. */
  onExecutionEvent: ((event: EventBridgeEvent) => void | Promise<void>) | undefined;
  /** Who may do what; everybody everything while it is undefined. */
  authorize: Authorize | undefined;
  /** Credentials of a caller, such as a function's role; the same for the same name. */
  credentials(name: string): Credentials;
  /** Configuration for an SDK client that calls as this caller. */
  client(name: string): { endpoint: string; region: string; credentials: Credentials };
  /** From now on these credentials are unknown to AWS. */
  revoke(name: string): void;
  /** Ends what is under way. Throws if the double itself has failed meanwhile. */
  close(): Promise<void>;
};

const ACCOUNT = '111122223333';

export async function startAwsDouble(options: AwsDoubleOptions = {}): Promise<AwsDouble> {
  const region = options.region ?? 'us-east-1';
  const folder = await mkdtemp(join(tmpdir(), 'flowhound-aws-'));
  const calls: RecordedCall[] = [];
  const faults = new Faults();
  const revoked = new Set<string>();
  const names = new Map<string, string>();
  const credentials = (name: string): Credentials => {
    const made = toCredentials(name);
    names.set(made.accessKeyId, name);
    return made;
  };
  const { state, services, close } = openServices({
    ...{ account: ACCOUNT, region, folder, options, credentials, url: () => double.url },
    nameOf: (accessKeyId) => names.get(accessKeyId) ?? accessKeyId,
    onS3Event: (event) => double.onS3Event?.(event),
    onExecutionEvent: (event) => double.onExecutionEvent?.(event),
  });
  const bugs: Error[] = [];
  const server = await listen({
    ...{ region, services, calls, faults, revoked, authorize: () => double.authorize },
    onBug: (bug) => bugs.push(bug),
  });
  const url = urlOf(server);
  const double: AwsDouble = {
    ...{ ...state, url, region, accountId: ACCOUNT, calls, faults, credentials },
    ...{ onS3Event: undefined, onExecutionEvent: undefined, authorize: undefined },
    client: (name) => ({ endpoint: url, region, credentials: credentials(name) }),
    revoke: (name) => revoked.add(credentials(name).accessKeyId),
    close: async () => {
      // What ends now is no news for anybody.
      Object.assign(double, { onS3Event: undefined, onExecutionEvent: undefined });
      await close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
      if (bugs.length > 0) throw new AggregateError(bugs, `the AWS double failed: ${bugs[0]!.stack}`);
    },
  };
  for (const bucket of options.buckets ?? []) state.s3.createBucket(bucket);
  return double;
}

/** Access key ids have 20 characters; the name's hash makes them the same in every run. */
function toCredentials(name: string): Credentials {
  const digest = createHash('sha256').update(name).digest('hex').toUpperCase();
  return { accessKeyId: `AKIA${digest.slice(0, 16)}`, secretAccessKey: digest.slice(0, 40) };
}
