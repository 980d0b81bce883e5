/**
 * How every AWS client is configured. The clients themselves are made where they are used, so that a Lambda bundles only its
 * own: `new GlueClient(toClientConfig(settings))`.
 */

/** What a person or a Lambda may set; what is absent comes from the SDK's own chain (environment, profile, instance). */
export type AwsSettings = {
  readonly region?: string;
  readonly profile?: string;
  readonly endpointUrl?: string;
  /** Tries of one call, the first included. */
  readonly maxAttempts?: number;
};

export type ClientConfig = {
  readonly region?: string;
  readonly profile?: string;
  readonly endpoint?: string;
  readonly retryMode: 'standard';
  readonly maxAttempts: number;
  readonly requestHandler: { readonly connectionTimeout: number; readonly socketTimeout: number };
};

/** 6 tries wait up to 0.5 + 1 + 2 + 4 + 8 s after a throttled call: longer than any burst of our own lasts. */
const MAX_ATTEMPTS = 6;
/** Without them a lost packet can hold a call for minutes. Idle time of a body counts too; s3-body.ts resumes there. */
const CONNECTION_TIMEOUT_MS = 5_000;
const SOCKET_TIMEOUT_MS = 60_000;

/** Connections are kept alive and reused by the SDK; retries are the standard ones: adaptive mode would delay good calls. */
export function toClientConfig({ region, profile, endpointUrl, maxAttempts }: AwsSettings = {}): ClientConfig {
  return {
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    ...(endpointUrl === undefined ? {} : { endpoint: endpointUrl }),
    retryMode: 'standard',
    maxAttempts: maxAttempts ?? MAX_ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MS, socketTimeout: SOCKET_TIMEOUT_MS },
  };
}

export type S3Config = ClientConfig & {
  readonly forcePathStyle: boolean;
  readonly responseChecksumValidation: 'WHEN_REQUIRED';
};

/** S3 at an address of its own knows no `bucket.host`; log objects carry gzip's checksum, a second one costs time. */
export function toS3Config(settings: AwsSettings = {}): S3Config {
  const endpoint = settings.endpointUrl ?? process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL;
  return {
    ...toClientConfig(settings),
    forcePathStyle: endpoint !== undefined && endpoint !== '',
    responseChecksumValidation: 'WHEN_REQUIRED',
  };
}
