/**
 * A strict double of the AWS services that Flowhound calls, on one loopback port. Real SDK clients and bundled Lambda handlers
 * find it by AWS_ENDPOINT_URL. What AWS refuses, it refuses.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AthenaClient } from '@aws-sdk/client-athena';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { type AthenaState, createAthena } from './athena.ts';
import { openNames } from './athena-workgroup.ts';
import { Faults } from './faults.ts';
import { createGlue } from './glue.ts';
import { GlueCatalog } from './glue-catalog.ts';
import { createLambda, type LambdaFunction } from './lambda-service.ts';
import { openMessaging } from './messaging.ts';
import type { RecordedCall } from './recording.ts';
import { createS3 } from './s3.ts';
import { type EventBridgeEvent, type S3Event, toEvents, toTestEvent } from './s3-events.ts';
import { type Bucket, type Change, S3Storage } from './s3-storage.ts';
import { type Authorize, listen, urlOf } from './server.ts';
import type { Service } from './service.ts';
import { createSfn, type SfnState } from './sfn.ts';
import { toStatusEvent } from './sfn-events.ts';
import type { ExecutionOptions, Machine } from './sfn-execution.ts';

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

export type AwsDouble = {
  readonly url: string;
  readonly region: string;
  readonly accountId: '111122223333';
  /** Every call in the order of its end. */
  readonly calls: RecordedCall[];
  readonly faults: Faults;
  /** Buckets and what is in them, past permissions and recording. */
  readonly s3: S3Storage;
  readonly glue: GlueCatalog;
  /** State machines and executions, past permissions and recording. */
  readonly sfn: SfnState;
  readonly athena: AthenaState;
  /** Functions by their name; tests register theirs here. */
  readonly functions: Map<string, LambdaFunction>;
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
  close(): Promise<void>;
};

const ACCOUNT = '111122223333';
const S3 = 's3.amazonaws.com';

export async function startAwsDouble(options: AwsDoubleOptions = {}): Promise<AwsDouble> {
  const region = options.region ?? 'us-east-1';
  const folder = await mkdtemp(join(tmpdir(), 'flowhound-aws-'));
  const calls: RecordedCall[] = [];
  const faults = new Faults();
  const revoked = new Set<string>();
  let serial = 0;
  const messaging = openMessaging({ account: ACCOUNT, region, host: () => new URL(double.url).host });
  const tell = (event: S3Event): void => {
    for (const { target, body } of event.notifications) messaging.deliver(target.arn, JSON.stringify(body), S3);
    double.onS3Event?.(event);
  };
  const storage = new S3Storage(join(folder, 's3'), (change: Change) => {
    const event = toEvents(change, ACCOUNT, region, serial++);
    setImmediate(tell, event);
  });
  const onConfigured = ({ name, notifications }: Bucket): void => {
    for (const { arn } of notifications.targets) messaging.deliver(arn, JSON.stringify(toTestEvent(name)), S3);
  };
  const isDestination = (arn: string) => messaging.isOpenTo(arn, S3);
  const glue = new GlueCatalog();
  const functions = new Map<string, LambdaFunction>();
  const athena: AthenaState = { ...openNames(), queries: new Map(), tokens: new Map() };
  const sfn: SfnState = { machines: new Map(), executions: new Map() };
  const runAsRole = ({ roleArn }: Machine): ExecutionOptions => {
    // Step Functions retries nothing by itself: that is what Retry is for.
    const config = { ...double.client(roleArn.split('/').at(-1)!), maxAttempts: 1 };
    return {
      clients: { lambda: new LambdaClient(config), athena: new AthenaClient(config) },
      retryDelay: options.retryDelay ?? 5,
      onStatus: (execution) => {
        const event = toStatusEvent(execution, ACCOUNT, region);
        setImmediate(() => double.onExecutionEvent?.(event));
      },
    };
  };
  const services = new Map<string, Service>([
    ['s3', createS3(storage, { region, listPage: options.listPage ?? 1000, isDestination, onConfigured })],
    ['sqs', messaging.sqs],
    ['sns', messaging.sns],
    ['glue', createGlue(glue, { account: ACCOUNT, region, partitionPage: options.partitionPage ?? 1000 })],
    [
      'athena',
      createAthena(athena, {
        ...{ account: ACCOUNT, region, storage, catalog: glue },
        ...{ mostQueries: options.mostQueries ?? 20, now: options.now ?? (() => new Date()) },
      }),
    ],
    ['lambda', createLambda({ account: ACCOUNT, region, functions })],
    ['states', createSfn(sfn, { account: ACCOUNT, region, run: runAsRole })],
  ]);
  const server = await listen({ region, services, calls, faults, revoked, authorize: () => double.authorize });
  const url = urlOf(server);
  const double: AwsDouble = {
    ...{ url, region, accountId: ACCOUNT, calls, faults, s3: storage, glue, sfn, athena, functions },
    ...{ onS3Event: undefined, onExecutionEvent: undefined, authorize: undefined },
    credentials,
    client: (name) => ({ endpoint: url, region, credentials: credentials(name) }),
    revoke: (name) => revoked.add(credentials(name).accessKeyId),
    close: async () => {
      for (const execution of sfn.executions.values()) execution.stop();
      for (const query of athena.queries.values()) query.stop();
      await Promise.all([...athena.queries.values()].map(({ ended }) => ended));
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await messaging.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  for (const bucket of options.buckets ?? []) storage.createBucket(bucket);
  return double;
}

/** Access key ids have 20 characters; the name's hash makes them the same in every run. */
function credentials(name: string): Credentials {
  const digest = createHash('sha256').update(name).digest('hex').toUpperCase();
  return { accessKeyId: `AKIA${digest.slice(0, 16)}`, secretAccessKey: digest.slice(0, 40) };
}
