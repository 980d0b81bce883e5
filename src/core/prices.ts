/**
 * List prices of AWS, each as its public price page words it: so many USD for so many units. They are of one region and one
 * day, free tiers are not deducted, and discounts are nobody's business but yours: `flowhound cost --price` takes others.
 */

export const PRICE_REGION = 'us-east-1';
/** When they were last looked over. */
export const PRICES_NOTED = '2026-11-22';

export type Price = {
  /** As a bill calls it. */
  readonly what: string;
  readonly usd: number;
  readonly per: number;
  readonly unit: string;
  /** Title of the price page. */
  readonly page: string;
};

const MILLION = 1_000_000;

export const PRICES = {
  lambdaCompute: {
    ...{ what: 'Lambda, compute on arm64', usd: 0.0000133334, per: 1, unit: 'GB-second' },
    page: 'AWS Lambda Pricing',
  },
  lambdaRequest: { what: 'Lambda, requests', usd: 0.2, per: MILLION, unit: 'request', page: 'AWS Lambda Pricing' },
  transition: {
    ...{ what: 'Step Functions, state transitions', usd: 0.025, per: 1000, unit: 'transition' },
    page: 'AWS Step Functions Pricing',
  },
  s3Put: { what: 'S3, PUT and LIST', usd: 0.005, per: 1000, unit: 'request', page: 'Amazon S3 Pricing' },
  s3Get: { what: 'S3, GET', usd: 0.0004, per: 1000, unit: 'request', page: 'Amazon S3 Pricing' },
  s3Storage: { what: 'S3, storage of state', usd: 0.023, per: 1, unit: 'GB-month', page: 'Amazon S3 Pricing' },
  event: {
    what: 'EventBridge, events from S3',
    usd: 1,
    per: MILLION,
    unit: 'event',
    page: 'Amazon EventBridge Pricing',
  },
  schedule: {
    ...{ what: 'EventBridge Scheduler', usd: 1, per: MILLION, unit: 'invocation' },
    page: 'Amazon EventBridge Pricing',
  },
  sqsRequest: { what: 'SQS', usd: 0.4, per: MILLION, unit: 'request', page: 'Amazon SQS Pricing' },
  athenaRead: { what: 'Athena, bytes read', usd: 5, per: 1, unit: 'TB', page: 'Amazon Athena Pricing' },
  securityHub: {
    ...{ what: 'Security Hub, findings imported', usd: 0.00003, per: 1, unit: 'event' },
    page: 'AWS Security Hub CSPM Pricing',
  },
  snsPublish: { what: 'SNS, publishes', usd: 0.5, per: MILLION, unit: 'request', page: 'Amazon SNS Pricing' },
  snsMail: { what: 'SNS, mails to one address', usd: 2, per: 100_000, unit: 'mail', page: 'Amazon SNS Pricing' },
  logs: { what: 'CloudWatch, logs taken in', usd: 0.5, per: 1, unit: 'GB', page: 'Amazon CloudWatch Pricing' },
  metric: { what: 'CloudWatch, metrics', usd: 0.3, per: 1, unit: 'metric', page: 'Amazon CloudWatch Pricing' },
  alarm: { what: 'CloudWatch, metrics of alarms', usd: 0.1, per: 1, unit: 'metric', page: 'Amazon CloudWatch Pricing' },
  trace: { what: 'X-Ray, traces', usd: 5, per: MILLION, unit: 'trace', page: 'AWS X-Ray Pricing' },
  key: { what: 'KMS, key', usd: 1, per: 1, unit: 'key', page: 'AWS Key Management Service Pricing' },
  keyRequest: {
    ...{ what: 'KMS, requests', usd: 0.03, per: 10_000, unit: 'request' },
    page: 'AWS Key Management Service Pricing',
  },
} as const satisfies Readonly<Record<string, Price>>;

export type PriceName = keyof typeof PRICES;
export type Prices = Readonly<Record<PriceName, Price>>;

export const PRICE_NAMES = Object.keys(PRICES) as readonly PriceName[];

/** AWS bills storage, logs and bytes read by powers of 1024: what it calls a GB is 1,073,741,824 bytes. */
export const BILLED_GB = 2 ** 30;
export const BILLED_TB = 2 ** 40;
/** A query that reads less is billed as if it read this much. */
export const LEAST_QUERY_BYTES = 10 * 2 ** 20;

/** Bytes that Athena bills for so many queries that read so many bytes together. */
export function toBilledBytes(queries: number, bytes: number): number {
  return Math.max(bytes, queries * LEAST_QUERY_BYTES);
}

/** USD for so many units. */
export function toUsd(count: number, { usd, per }: Pick<Price, 'usd' | 'per'>): number {
  return (count / per) * usd;
}
