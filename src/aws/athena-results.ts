/** Result objects of Athena → rows. Text is quoted, also the empty one; NULL is an empty field without quotes. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { S3Client } from '@aws-sdk/client-s3';
import { parse } from 'csv-parse';
import { QueryFailed } from '../core/errors.ts';
import type { ResultRow } from '../core/match.ts';
import type { QueryResults } from '../ports.ts';
import { toOneLine } from './aws-error.ts';
import { readBody } from './s3-body.ts';
import { toS3Error } from './s3-error.ts';
import { parseS3Url } from './s3-url.ts';

/** The bucket is the one that the location names: a work group may write where it wants. */
export function openAthenaResults(client: S3Client): QueryResults {
  return { rows: (location) => rows(client, location) };
}

async function* rows(client: S3Client, location: string): AsyncGenerator<ResultRow> {
  const parser = parse({
    columns: true,
    // A row of one NULL is an empty line.
    skip_empty_lines: false,
    cast: (value, { quoting, header }) => (value === '' && !quoting && !header ? null : value),
  });
  const fed = pipeline(Readable.from(readBody(client, parseS3Url(location))), parser);
  fed.catch(() => {}); // the parser fails with it
  try {
    for await (const row of parser) yield row as ResultRow;
  } catch (error) {
    throw toResultError(error, location);
  }
}

function toResultError(error: unknown, location: string): unknown {
  const known = toS3Error(error, location, 's3:GetObject');
  if (known !== error) return known;
  const reason = toOneLine((error as Error).message);
  return new QueryFailed(`the result ${location} cannot be read: ${reason}`, { cause: error });
}
