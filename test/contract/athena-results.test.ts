import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAthenaResults } from '../../src/aws/athena-results.ts';
import { QueryFailed, UsageError } from '../../src/core/errors.ts';
import { type AwsDouble, startAwsDouble } from '../aws-double/start.ts';
import { countCalls, errorOf, s3Of } from './clients.ts';

const LOCATION = 's3://example-results/deep/er/0a1b.csv';
let aws: AwsDouble;
beforeEach(async () => {
  aws = await startAwsDouble({ buckets: ['example-state', 'example-results'] });
});
afterEach(() => aws.close());

async function rowsOf(csv: string): Promise<unknown[]> {
  await aws.s3.put('example-results', 'deep/er/0a1b.csv', csv);
  return Array.fromAsync(openAthenaResults(s3Of(aws)).rows(LOCATION));
}

describe('rows of a result', () => {
  it('tell empty text from NULL', async () => {
    const rows = await rowsOf('"object","action","srcport"\n"a","",\n"b",,"443"\n');
    expect(rows).toEqual([
      { object: 'a', action: '', srcport: null },
      { object: 'b', action: null, srcport: '443' },
    ]);
  });

  it('of one NULL are an empty line', async () => {
    expect(await rowsOf('"x"\n\n"1"\n\n')).toEqual([{ x: null }, { x: '1' }, { x: null }]);
  });

  it('keep quotes, commas, line breaks, and what looks like a header', async () => {
    const rows = await rowsOf('"comment","__proto__"\n"say ""no"", twice\nor more","x"\n"comment","comment"\n');
    expect(rows.map((row) => Object.entries(row as object))).toEqual([
      [
        ['comment', 'say "no", twice\nor more'],
        ['__proto__', 'x'],
      ],
      [
        ['comment', 'comment'],
        ['__proto__', 'comment'],
      ],
    ]);
  });

  it('may be none', async () => {
    expect(await rowsOf('"a","b"\n')).toEqual([]);
    expect(await rowsOf('')).toEqual([]);
  });

  it('stay in their order over a connection that breaks', async () => {
    const numbers = Array.from({ length: 20_000 }, (_, i) => String(i));
    aws.faults.cut('s3:GetObject', 50_001);
    const rows = await rowsOf(`"n"\n${numbers.map((n) => `"${n}"\n`).join('')}`);
    expect(rows.map((row) => (row as { n: string }).n)).toEqual(numbers);
    expect(countCalls(aws, 'GetObject')).toBe(2);
  });

  it('are not all read where only the first is wanted', async () => {
    await aws.s3.put('example-results', 'deep/er/0a1b.csv', `"n"\n${'"1"\n'.repeat(100_000)}`);
    for await (const row of openAthenaResults(s3Of(aws)).rows(LOCATION)) {
      expect(row).toEqual({ n: '1' });
      break;
    }
  });
});

describe('a result that cannot be read', () => {
  it('fails the query, with the reason', async () => {
    const damaged = await errorOf(rowsOf('"a","b"\n"1"\n'));
    expect(damaged).toBeInstanceOf(QueryFailed);
    expect(damaged.message).toMatch(/^the result s3:\/\/example-results\/deep\/er\/0a1b\.csv cannot be read: .*2/);
    expect(damaged.message.split('\n')).toHaveLength(1);
    const rows = openAthenaResults(s3Of(aws)).rows('s3://example-results/absent.csv');
    const gone = await errorOf(Array.fromAsync(rows));
    expect(gone).toBeInstanceOf(QueryFailed);
    expect(gone.cause).toMatchObject({ name: 'NoSuchKey' });
  });

  it('is bad usage where the bucket or the permission is wrong', async () => {
    aws.authorize = () => false;
    const error = await errorOf(rowsOf('"a"\n'));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toContain(`${LOCATION}: access denied. The caller needs s3:GetObject`);
  });
});
