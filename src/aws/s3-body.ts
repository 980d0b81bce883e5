/** The bytes of an S3 object, read to their end over connections that may break. */
import { GetObjectCommand, type GetObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import { isPassing } from './aws-error.ts';
import { backOff } from './backoff.ts';
import type { S3Place } from './s3-url.ts';

/** Breaks of one body before it counts as unavailable; the waits in between add up to 3 s on average. */
const MOST_BREAKS = 5;

/** Resumes a broken body at its next byte, of the same version of the object or not at all (412). Throws the SDK's errors. */
export async function* readBody(client: S3Client, place: S3Place): AsyncGenerator<Uint8Array> {
  const read = { offset: 0, size: 0, etag: undefined as string | undefined };
  for (let breaks = 0; ; breaks++) {
    const { Body, ETag, ContentLength } = await open(client, place, read);
    // Without a length nobody could tell a whole body from a broken one.
    if (read.offset === 0) Object.assign(read, { etag: ETag, size: ContentLength ?? Number.POSITIVE_INFINITY });
    try {
      for await (const piece of Body as AsyncIterable<Uint8Array>) {
        read.offset += piece.length;
        yield piece;
      }
    } catch (error) {
      if (!isPassing(error)) throw error;
    }
    if (read.offset >= read.size) return;
    if (breaks === MOST_BREAKS) throw new ConnectionBroken(read.offset, read.size);
    await backOff(breaks);
  }
}

/** S3 ends the connection again and again. */
class ConnectionBroken extends Error {
  override readonly name = 'ConnectionBroken';
  readonly code = 'ECONNRESET';

  constructor(offset: number, size: number) {
    super(`the connection broke ${MOST_BREAKS + 1} times after ${offset} of ${size} bytes`);
  }
}

async function open(
  client: S3Client,
  { bucket, key }: S3Place,
  { offset, etag }: { offset: number; etag: string | undefined },
): Promise<GetObjectCommandOutput> {
  const rest = offset === 0 || etag === undefined ? {} : { Range: `bytes=${offset}-`, IfMatch: etag };
  const opened = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, ...rest }));
  if (offset > 0 && !opened.ContentRange?.startsWith(`bytes ${offset}-`)) {
    throw new Error(`s3://${bucket}/${key}: the answer does not go on at byte ${offset}`);
  }
  return opened;
}
