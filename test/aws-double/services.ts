/** The services of the double and what they keep. */
import { join } from 'node:path';
import { AthenaClient } from '@aws-sdk/client-athena';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { type AthenaState, createAthena } from './athena.ts';
import { openNames } from './athena-workgroup.ts';
import { createCloudFormation, type DoubleStack } from './cloudformation.ts';
import { createGlue } from './glue.ts';
import { GlueCatalog } from './glue-catalog.ts';
import { createLambda, type LambdaFunction } from './lambda-service.ts';
import { openMessaging } from './messaging.ts';
import { createS3 } from './s3.ts';
import { type EventBridgeEvent, type S3Event, toEvents, toTestEvent } from './s3-events.ts';
import { type Bucket, S3Storage } from './s3-storage.ts';
import { createSecurityHub, type SecurityHubState } from './security-hub.ts';
import type { Service } from './service.ts';
import { createSfn, type SfnState } from './sfn.ts';
import { toStatusEvent } from './sfn-events.ts';
import type { ExecutionOptions, Machine } from './sfn-execution.ts';
import { createSsm } from './ssm.ts';
import type { AwsDoubleOptions, Credentials } from './start.ts';
import { createSts } from './sts.ts';

/** What the services keep; tests look at it, and change it, past permissions and recording. */
export type DoubleState = {
  /** Buckets and what is in them. */
  readonly s3: S3Storage;
  readonly glue: GlueCatalog;
  readonly athena: AthenaState;
  /** State machines and their executions. */
  readonly sfn: SfnState;
  readonly securityHub: SecurityHubState;
  /** Functions by their name; tests register theirs here. */
  readonly functions: Map<string, LambdaFunction>;
  /** Deployed stacks by their name; tests put theirs here. */
  readonly stacks: Map<string, DoubleStack>;
  /** Values of encrypted parameters by their name; tests put theirs here. */
  readonly parameters: Map<string, string>;
};

export type ServicesContext = {
  readonly account: string;
  readonly region: string;
  readonly folder: string;
  readonly options: AwsDoubleOptions;
  readonly url: () => string;
  readonly credentials: (name: string) => Credentials;
  readonly nameOf: (accessKeyId: string) => string;
  readonly onS3Event: (event: S3Event) => void;
  readonly onExecutionEvent: (event: EventBridgeEvent) => void;
};

export type OpenServices = {
  readonly state: DoubleState;
  /** By the name in the credential scope. */
  readonly services: ReadonlyMap<string, Service>;
  close(): Promise<void>;
};

const S3 = 's3.amazonaws.com';

export function openServices(context: ServicesContext): OpenServices {
  const { account, region, options } = context;
  const place = { account, region };
  const messaging = openMessaging({ ...place, host: () => new URL(context.url()).host });
  let isOpen = true;
  const tell = (event: S3Event): void => {
    if (!isOpen) return;
    for (const { target, body } of event.notifications) messaging.deliver(target.arn, JSON.stringify(body), S3);
    context.onS3Event(event);
  };
  let serial = 0;
  const s3 = new S3Storage(join(context.folder, 's3'), (change) => {
    setImmediate(tell, toEvents(change, account, region, serial++));
  });
  const onConfigured = ({ name, notifications }: Bucket): void => {
    for (const { arn } of notifications.targets) messaging.deliver(arn, JSON.stringify(toTestEvent(name)), S3);
  };
  const state: DoubleState = {
    ...{ s3, glue: new GlueCatalog(), functions: new Map(), stacks: new Map() },
    parameters: new Map(),
    athena: { ...openNames(), queries: new Map(), tokens: new Map() },
    sfn: { machines: new Map(), executions: new Map() },
    securityHub: { isEnabled: true, refuses: 'calls', findings: new Map(), setByAnalysts: new Map(), failures: [] },
  };
  const isDestination = (arn: string) => messaging.isOpenTo(arn, S3);
  const athena = { mostQueries: options.mostQueries ?? 20, now: options.now ?? (() => new Date()) };
  const services = new Map<string, Service>([
    ['s3', createS3(s3, { region, listPage: options.listPage ?? 1000, isDestination, onConfigured })],
    ['sqs', messaging.sqs],
    ['sns', messaging.sns],
    ['glue', createGlue(state.glue, { ...place, partitionPage: options.partitionPage ?? 1000 })],
    ['athena', createAthena(state.athena, { ...place, ...athena, storage: s3, catalog: state.glue })],
    ['lambda', createLambda({ ...place, functions: state.functions })],
    ['states', createSfn(state.sfn, { ...place, run: openRoles(context) })],
    ['securityhub', createSecurityHub(state.securityHub, place)],
    ['ssm', createSsm({ ...place, parameters: state.parameters })],
    ['sts', createSts({ account, nameOf: context.nameOf })],
    ['cloudformation', createCloudFormation({ ...place, stacks: state.stacks })],
  ]);
  return {
    state,
    services,
    close: () => {
      isOpen = false;
      return close(state, messaging);
    },
  };
}

/** How executions run: as the role of their state machine. */
function openRoles({
  account,
  region,
  options,
  url,
  credentials,
  onExecutionEvent,
}: ServicesContext): (machine: Machine) => ExecutionOptions {
  const clients = new Map<string, ExecutionOptions['clients']>();
  return ({ roleArn }) => {
    // Step Functions retries nothing by itself: that is what Retry is for.
    const config = { endpoint: url(), region, credentials: credentials(roleArn.split('/').at(-1)!), maxAttempts: 1 };
    const ofRole = clients.get(roleArn) ?? { lambda: new LambdaClient(config), athena: new AthenaClient(config) };
    clients.set(roleArn, ofRole);
    return {
      clients: ofRole,
      retryDelay: options.retryDelay ?? 5,
      onStatus: (execution) => {
        setImmediate(onExecutionEvent, toStatusEvent(execution, account, region));
      },
    };
  };
}

async function close({ sfn, athena }: DoubleState, messaging: { close(): Promise<void> }): Promise<void> {
  for (const execution of sfn.executions.values()) execution.stop();
  for (const query of athena.queries.values()) query.stop();
  await Promise.all([...athena.queries.values()].map(({ ended }) => ended));
  await messaging.close();
}
