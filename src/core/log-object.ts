/**
 * Key of an S3 object → log object, or the reason why it is none.
 * Layouts: docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html
 */

/** An S3 object of flow records, as its key describes it. */
export type LogObject = {
  /** Where to read it: an S3 key or, on one machine, a file path. */
  readonly key: string;
  /** What makes two deliveries the same object: the delivered file name, for other names the key from AWSLogs on. */
  readonly identity: string;
  readonly accountId: string;
  readonly region: string;
  /** UTC day of the key: `2026-09-01`. */
  readonly date: string;
  /** `fl-…`, where the file name has it. */
  readonly flowLogId?: string;
};

/** Why a key is not read. */
export type ForeignReason =
  | 'not a flow log key'
  | 'no account, region and date in the key'
  | 'not a log file name'
  | 'Parquet'
  | 'folder marker';

export type KeyOutcome = { readonly logObject: LogObject } | { readonly foreign: ForeignReason };

const PLAIN =
  /(?:^|\/)(AWSLogs\/(?:o-[a-z0-9]+\/)?(\d{12})\/vpcflowlogs\/([a-z0-9-]+)\/(\d{4})\/(\d{2})\/(\d{2})\/(?:\d{2}\/)?)([^/]+)$/;
const HIVE =
  /(?:^|\/)(AWSLogs\/(?:o-[a-z0-9]+\/)?aws-account-id=(\d{12})\/aws-service=vpcflowlogs\/aws-region=([a-z0-9-]+)\/year=(\d{4})\/month=(\d{2})\/day=(\d{2})\/(?:hour=\d{2}\/)?)([^/]+)$/;
const DELIVERED =
  /^(\d{12})_vpcflowlogs_([a-z0-9-]+)_(fl-[0-9a-z]+)_(\d{4})(\d{2})(\d{2})T\d{4}Z_[^_/]+\.log(?:\.gz)?$/;

/** Reads what a key says. The key must be URL-decoded. */
export function parseKey(key: string): KeyOutcome {
  const fileName = key.slice(key.lastIndexOf('/') + 1);
  if (fileName === '' || fileName.endsWith('_$folder$')) return { foreign: 'folder marker' };
  const delivered = DELIVERED.exec(fileName);
  const path = PLAIN.exec(key) ?? HIVE.exec(key);
  if (path === null)
    return delivered === null ? { foreign: toForeignReason(key) } : { logObject: fromFileName(key, delivered) };
  if (fileName.endsWith('.parquet')) return { foreign: 'Parquet' };
  if (delivered === null && !/\.(gz|log)$/.test(fileName)) return { foreign: 'not a log file name' };
  const [, folder, accountId, region, year, month, day] = path as unknown as string[];
  return {
    logObject: {
      key,
      identity: delivered === null ? `${folder}${fileName}` : fileName,
      accountId: accountId!,
      region: region!,
      date: `${year}-${month}-${day}`,
      ...(delivered === null ? {} : { flowLogId: delivered[3]! }),
    },
  };
}

/** A delivered object that was moved out of its folders still says everything in its name. */
function fromFileName(key: string, delivered: RegExpExecArray): LogObject {
  const [fileName, accountId, region, flowLogId, year, month, day] = delivered as unknown as string[];
  return {
    key,
    identity: fileName!,
    accountId: accountId!,
    region: region!,
    date: `${year}-${month}-${day}`,
    flowLogId: flowLogId!,
  };
}

function toForeignReason(key: string): ForeignReason {
  return /(^|[/=])vpcflowlogs\//.test(key) ? 'no account, region and date in the key' : 'not a flow log key';
}
