/** Permissions that no recorded call of a function shows, each with why it is there. For tests only. */

export type Explained = { readonly permission: RegExp; readonly why: string; readonly source?: string };

/** Most are used by AWS services with the role of whoever asked them: the double has no calls for that. */
export const EXPLAINED: readonly Explained[] = [
  {
    permission: /\.Trace xray:/,
    why: 'the X-Ray daemon beside a function, and Step Functions, send segments as its role',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html',
  },
  {
    permission: /\.(UseKey|ReadLogKeys) kms:/,
    why: 'S3, SQS and SNS use the key for whoever calls them; the double encrypts nothing',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html',
  },
  {
    permission: /\.(WriteLog|DeliverLogs) logs:/,
    why: 'Lambda and Step Functions write their logs as the role',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html',
  },
  {
    permission: /^IngestRole\.TakeMessages sqs:/,
    why: 'the event source mapping polls the queue as the role of its function',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html',
  },
  {
    permission: /\.KeepFailedEvents sqs:SendMessage$/,
    why: 'Lambda, and Scheduler, send what failed to the queue as the role',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html',
  },
  {
    permission: /^(Ingest|Sweep|LoadPartitions)Role\.((WriteViews|LookAtDefault) glue|WriteResults s3|FindResults s3):/,
    why: 'Athena makes a view, and writes the empty result of making it, as whoever asked',
    source: 'https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html',
  },
  {
    permission:
      /^StateMachineRole\.((ReadCatalog|LookAtDefault) glue|(Read|List|Find)[A-Z][A-Za-z]+ s3|WriteResults s3):/,
    why: 'Athena reads catalogue, logs and evidence, and writes results, as whoever asked',
    source: 'https://docs.aws.amazon.com/athena/latest/ug/s3-permissions.html',
  },
  {
    permission: /^StateMachineRole\.RunQueries athena:StopQueryExecution$/,
    why: 'Step Functions stops the query of a `.sync` state whose execution is aborted',
    source: 'https://docs.aws.amazon.com/step-functions/latest/dg/connect-athena.html',
  },
  {
    permission: /^SchedulerRole\.Invoke lambda:InvokeFunction$/,
    why: 'EventBridge Scheduler calls functions as this role; the double has no scheduler',
    source: 'https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html',
  },
  {
    permission: /\.(WriteState|CompactAddresses) s3:AbortMultipartUpload$/,
    why: 'an upload in parts that breaks off is taken back; here none does',
  },
  {
    permission: /^LoadPartitionsRole\.RegisterLogs glue:BatchGetPartition$/,
    why: 'asked where another has registered the partition first, as the tests of ingest and sweep show',
  },
  {
    permission: /^RecordFailureRole\.WriteState s3:GetObject$/,
    why: 'S3 asks for it from whoever writes under a condition',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html',
  },
];

/** Roles that work only with scan=athena, or partitions=schedule. */
export const OF_OTHER_PARAMS = /^(ResolveAddresses|LoadPartitions)Role\./;
