/** `s3://bucket/key` ↔ its parts. */
import { UsageError } from '../core/errors.ts';

export type S3Place = { readonly bucket: string; readonly key: string };

/** The key is taken as it is: it may hold anything, `//` and blanks included. */
export function parseS3Url(url: string): S3Place {
  const [, bucket, key] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/s.exec(url) ?? [];
  if (bucket === undefined) throw new UsageError(`${url} is no place in S3. Expected s3://bucket/prefix/.`);
  return { bucket, key: key ?? '' };
}

export function toS3Url({ bucket, key }: S3Place): string {
  return `s3://${bucket}/${key}`;
}
