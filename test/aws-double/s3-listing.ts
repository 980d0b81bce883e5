/** ListObjectsV2: keys in the order of their UTF-8 bytes, page by page, folders rolled up by a delimiter. */
import { AwsError } from './aws-error.ts';
import type { AwsRequest, AwsResponse } from './aws-request.ts';
import type { Bucket, S3Storage, StoredObject } from './s3-storage.ts';
import { element, XML_HEAD } from './xml.ts';

type Page = { objects: StoredObject[]; prefixes: string[]; next: string | undefined };

export function listObjects(storage: S3Storage, bucket: Bucket, request: AwsRequest, mostKeys: number): AwsResponse {
  const { query } = request;
  const asked = Number(query.get('max-keys') ?? 1000);
  if (!Number.isInteger(asked) || asked < 0) throw new AwsError('InvalidArgument', 'Provided max-keys not an integer');
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const token = query.get('continuation-token') ?? undefined;
  const after = token === undefined ? (query.get('start-after') ?? '') : fromToken(token);
  const limit = Math.min(asked, mostKeys);
  const { objects, prefixes, next } = pageOf(storage, bucket, { prefix, delimiter, after, limit });
  // S3 percent-encodes keys only where it is asked to; XML 1.0 cannot hold every key.
  const write = query.get('encoding-type') === 'url' ? encodeKey : (key: string) => key;
  const document = element('ListBucketResult', [
    element('Name', bucket.name),
    element('Prefix', write(prefix)),
    element('MaxKeys', asked),
    element('KeyCount', objects.length + prefixes.length),
    element('IsTruncated', next !== undefined),
    query.has('encoding-type') ? element('EncodingType', 'url') : undefined,
    delimiter === '' ? undefined : element('Delimiter', write(delimiter)),
    token === undefined ? undefined : element('ContinuationToken', token),
    next === undefined ? undefined : element('NextContinuationToken', toToken(next)),
    ...objects.map((object) => toContents(object, write)),
    ...prefixes.map((one) => element('CommonPrefixes', [element('Prefix', write(one))])),
  ]);
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: `${XML_HEAD}${document}` };
}

function pageOf(
  storage: S3Storage,
  bucket: Bucket,
  { prefix, delimiter, after, limit }: { prefix: string; delimiter: string; after: string; limit: number },
): Page {
  const page: Page = { objects: [], prefixes: [], next: undefined };
  let last = after;
  for (const key of storage.keys(bucket.name, prefix)) {
    if (Buffer.compare(Buffer.from(key), Buffer.from(after)) <= 0) continue;
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const folder = cut < 0 ? undefined : key.slice(0, cut + delimiter.length);
    // Keys of a folder that a page has named stay behind that name on the next page too.
    if (folder !== undefined && (folder === page.prefixes.at(-1) || folder === after)) continue;
    if (page.objects.length + page.prefixes.length === limit) return { ...page, next: limit === 0 ? undefined : last };
    if (folder === undefined) page.objects.push(bucket.objects.get(key)!);
    else page.prefixes.push(folder);
    last = folder ?? key;
  }
  return page;
}

function toContents({ key, lastModified, etag, size }: StoredObject, write: (key: string) => string) {
  return element('Contents', [
    element('Key', write(key)),
    element('LastModified', lastModified.toISOString()),
    element('ETag', `"${etag}"`),
    element('Size', size),
    element('StorageClass', 'STANDARD'),
  ]);
}

function encodeKey(key: string): string {
  return encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+');
}

/** Opaque, so that nobody reads a key out of it. */
function toToken(key: string): string {
  return Buffer.from(`1${key}`).toString('base64');
}

function fromToken(token: string): string {
  const text = Buffer.from(token, 'base64').toString();
  if (!text.startsWith('1')) throw new AwsError('InvalidArgument', 'The continuation token provided is incorrect');
  return text.slice(1);
}
