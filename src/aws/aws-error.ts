/** Errors of AWS clients → what they mean here: bad access in one line, something passing, or neither. */
import { UsageError } from '../core/errors.ts';

type ClientError = Error & {
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
  /** Where S3 says that a request was signed for the wrong region. */
  readonly Region?: string;
};

const PASSING_NAME =
  /throttl|slowdown|toomanyrequests|limitexceeded|timeout|unavailable|internal|concurrentmodification/i;
/** Node's names for connections that were not made or did not last. */
const LOST = /^(E[A-Z]+|EAI_AGAIN|ERR_STREAM_PREMATURE_CLOSE)$/;

const SIGN_IN = 'Sign in again (aws sso login), or name another --profile.';
/** Names of the error in S3, STS and the JSON services, one line for each. */
const ACCESS_PROBLEMS: Readonly<Record<string, string>> = {
  CredentialsProviderError: `no usable AWS credentials. ${SIGN_IN}`,
  TokenProviderError: `the AWS sign-in has ended. ${SIGN_IN}`,
  ExpiredToken: `the AWS credentials have expired. ${SIGN_IN}`,
  ExpiredTokenException: `the AWS credentials have expired. ${SIGN_IN}`,
  RequestExpired: `the AWS credentials have expired. ${SIGN_IN}`,
  TokenRefreshRequired: `the AWS credentials have expired. ${SIGN_IN}`,
  InvalidAccessKeyId: `AWS does not know these credentials. ${SIGN_IN}`,
  InvalidToken: `AWS does not know these credentials. ${SIGN_IN}`,
  InvalidClientTokenId: `AWS does not know these credentials, or not in this region. ${SIGN_IN}`,
  UnrecognizedClientException: `AWS does not know these credentials, or not in this region. ${SIGN_IN}`,
  SignatureDoesNotMatch: 'AWS refuses the signature. Check the secret key and --region.',
  InvalidSignatureException: 'AWS refuses the signature. Check the secret key, --region and the clock of this machine.',
  RequestTimeTooSkewed: 'the clock of this machine differs from that of AWS by more than 15 minutes. Set it.',
};

/** Name of the error, as the service or Node gives it. */
export function errorName(error: unknown): string {
  const { name, code } = error as ClientError;
  return name === 'Error' && code !== undefined ? code : (name ?? 'Error');
}

export function httpStatus(error: unknown): number | undefined {
  return (error as ClientError).$metadata?.httpStatusCode;
}

/** How often the client tried the call that failed. */
export function attemptsOf(error: unknown): number {
  return (error as ClientError).$metadata?.attempts ?? 1;
}

/** Throttled, broken inside AWS, or lost on the way: another try may help. */
export function isPassing(error: unknown): boolean {
  const status = httpStatus(error);
  if (status === undefined && LOST.test((error as ClientError).code ?? '')) return true;
  return PASSING_NAME.test(errorName(error)) || status === 429 || (status !== undefined && status >= 500);
}

/** The region that a bucket is in, where S3 refused a call for being in another. */
export function actualRegion(error: unknown): string | undefined {
  const { $response, Region, name } = error as ClientError;
  const isRedirect = httpStatus(error) === 301 || name === 'PermanentRedirect';
  return Region ?? (isRedirect ? ($response?.headers?.['x-amz-bucket-region'] ?? 'another region') : undefined);
}

/** Credentials, region or connection that no call can work with: what is wrong and what to do; undefined for all else. */
export function explainAccess(error: unknown): string | undefined {
  const { code, message = '' } = error as ClientError;
  if (/region is missing/i.test(message)) return 'no AWS region is set. Give --region or set AWS_REGION.';
  if (/could not be found|resolve credentials/i.test(message) && /profile|credentials/i.test(message)) {
    return `no usable AWS credentials (${toOneLine(message)}). ${SIGN_IN}`;
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'ECONNREFUSED') {
    return `${toOneLine(message) || code}: AWS cannot be reached. Check --region, --endpoint-url and the network.`;
  }
  return ACCESS_PROBLEMS[errorName(error)];
}

/** The same as an error for people, or the error as it is. */
export function toAccessError(error: unknown): unknown {
  const reason = explainAccess(error);
  return reason === undefined ? error : new UsageError(reason, { cause: error });
}

/** Messages of services run over several lines; ours are one. */
export function toOneLine(message: string): string {
  return message.replaceAll(/\s+/g, ' ').trim();
}
