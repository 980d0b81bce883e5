/** Buckets and their objects. Contents are files, so that a query engine can read them; a file is never changed once written. */
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { AwsError } from './aws-error.ts';
import { NO_NOTIFICATIONS, type NotificationConfiguration } from './s3-notification.ts';

export type StoredObject = {
  readonly key: string;
  /** Where the content is. */
  readonly path: string;
  readonly size: number;
  /** Without quotes; of a multipart upload `<md5 of md5s>-<parts>`. */
  readonly etag: string;
  /** Base64; only where the object was put in one piece. */
  readonly crc32: string | undefined;
  readonly lastModified: Date;
  /** Headers that come back with the object. */
  readonly headers: Readonly<Record<string, string>>;
};

export type Upload = {
  readonly id: string;
  readonly key: string;
  readonly initiated: Date;
  readonly headers: Readonly<Record<string, string>>;
  readonly parts: Map<number, { readonly etag: string; readonly path: string; readonly size: number }>;
};

export type Change = {
  readonly bucket: Bucket;
  readonly kind: 'created' | 'deleted';
  /** The API call that did it. */
  readonly reason: 'PutObject' | 'CompleteMultipartUpload' | 'DeleteObject';
  readonly object: StoredObject;
};

export type Bucket = {
  readonly name: string;
  readonly objects: Map<string, StoredObject>;
  readonly uploads: Map<string, Upload>;
  notifications: NotificationConfiguration;
};

/** Conditions that are checked at the very moment of the change. */
export type Conditions = { readonly ifMatch?: string | undefined; readonly ifNoneMatch?: string | undefined };

const BUCKET_NAME = /^(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

export class S3Storage {
  readonly #folder: string;
  readonly #buckets = new Map<string, Bucket>();
  readonly #onChange: (change: Change) => void;
  #files = 0;

  constructor(folder: string, onChange: (change: Change) => void) {
    this.#folder = folder;
    this.#onChange = onChange;
    mkdirSync(folder, { recursive: true });
  }

  createBucket(name: string): Bucket {
    if (!BUCKET_NAME.test(name)) throw new AwsError('InvalidBucketName', `The specified bucket is not valid: ${name}`);
    if (this.#buckets.has(name))
      throw new AwsError('BucketAlreadyOwnedByYou', `You own ${name} already`, { status: 409 });
    const bucket: Bucket = { name, objects: new Map(), uploads: new Map(), notifications: NO_NOTIFICATIONS };
    this.#buckets.set(name, bucket);
    return bucket;
  }

  bucket(name: string): Bucket {
    const bucket = this.#buckets.get(name);
    if (bucket !== undefined) return bucket;
    throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', {
      status: 404,
      details: { BucketName: name },
    });
  }

  object(bucket: Bucket, key: string): StoredObject {
    const object = bucket.objects.get(key);
    if (object !== undefined) return object;
    throw new AwsError('NoSuchKey', 'The specified key does not exist.', {
      status: 404,
      details: { Key: key },
      needs: [{ action: 's3:ListBucket', resource: `arn:aws:s3:::${bucket.name}` }],
    });
  }

  /** Writes content under a name of its own. */
  async writeContent(content: Buffer): Promise<string> {
    const path = join(this.#folder, String(this.#files++));
    await writeFile(path, content);
    return path;
  }

  /** Puts an object as somebody whom nobody records: a log delivery, a test. */
  async put(bucketName: string, key: string, content: string | Uint8Array): Promise<StoredObject> {
    return this.putObject(this.bucket(bucketName), key, Buffer.from(content), {}, {});
  }

  async putObject(
    bucket: Bucket,
    key: string,
    content: Buffer,
    headers: Readonly<Record<string, string>>,
    conditions: Conditions,
  ): Promise<StoredObject> {
    checkKey(key);
    const path = await this.writeContent(content);
    const etag = createHash('md5').update(content).digest('hex');
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(content));
    const object = {
      key,
      path,
      etag,
      headers,
      size: content.length,
      crc32: sum.toString('base64'),
      lastModified: new Date(),
    };
    this.commit(bucket, object, 'PutObject', conditions);
    return object;
  }

  /** Makes the object visible, all of it or nothing. */
  commit(
    bucket: Bucket,
    object: StoredObject,
    reason: 'PutObject' | 'CompleteMultipartUpload',
    conditions: Conditions,
  ): void {
    this.#checkConditions(bucket, object.key, conditions);
    bucket.objects.set(object.key, object);
    this.#onChange({ bucket, kind: 'created', reason, object });
  }

  /** Deletes the object if it is there; that it is not is no error, unless the caller expects it. */
  delete(bucket: Bucket, key: string, conditions: Conditions = {}): void {
    this.#checkConditions(bucket, key, conditions);
    const object = bucket.objects.get(key);
    if (object === undefined) return;
    bucket.objects.delete(key);
    this.#onChange({ bucket, kind: 'deleted', reason: 'DeleteObject', object });
  }

  /** The object's text, for tests to look at. */
  async text(bucketName: string, key: string): Promise<string> {
    return readFile(this.object(this.bucket(bucketName), key).path, 'utf8');
  }

  async bytes(bucketName: string, key: string): Promise<Buffer> {
    return readFile(this.object(this.bucket(bucketName), key).path);
  }

  /** Keys in S3's order, by UTF-8 bytes. */
  keys(bucketName: string, prefix = ''): string[] {
    const keys = [...this.bucket(bucketName).objects.keys()].filter((key) => key.startsWith(prefix));
    return keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }

  #checkConditions(bucket: Bucket, key: string, { ifMatch, ifNoneMatch }: Conditions): void {
    const existing = bucket.objects.get(key);
    if (ifNoneMatch !== undefined) {
      if (ifNoneMatch !== '*') throw new AwsError('NotImplemented', 'If-None-Match takes only *', { status: 501 });
      if (existing !== undefined) throw preconditionFailed('If-None-Match');
    }
    if (ifMatch === undefined) return;
    if (existing === undefined && ifMatch !== '*') this.object(bucket, key);
    if (existing === undefined || !matchesEtag(existing, ifMatch)) throw preconditionFailed('If-Match');
  }
}

export function matchesEtag({ etag }: StoredObject, condition: string): boolean {
  return condition === '*' || condition.split(',').some((one) => one.trim().replaceAll('"', '') === etag);
}

export function preconditionFailed(condition: string): AwsError {
  const message = 'At least one of the pre-conditions you specified did not hold';
  return new AwsError('PreconditionFailed', message, { status: 412, details: { Condition: condition } });
}

function checkKey(key: string): void {
  if (Buffer.byteLength(key) > 1024) throw new AwsError('KeyTooLongError', 'Your key is too long');
}
