import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLambda, type RunningLambda } from './lambda.ts';
import { type AwsDouble, startAwsDouble } from './start.ts';

const BUNDLE = `
let calls = 0;
export const handler = async (event, context) => {
  console.log('a line of log');
  switch (event.do) {
    case 'describe': {
      const { AWS_REGION, AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, STATE_BUCKET, PATH } = process.env;
      const { functionName, memoryLimitInMB, awsRequestId } = context;
      const remaining = context.getRemainingTimeInMillis();
      return { calls: ++calls, env: { AWS_REGION, AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, STATE_BUCKET, PATH }, functionName, memoryLimitInMB, awsRequestId, remaining };
    }
    case 'fail': {
      class LogObjectUnavailable extends Error { name = 'LogObjectUnavailable'; }
      throw new LogObjectUnavailable('not just now');
    }
    case 'hang': return new Promise(() => { setInterval(() => {}, 1000); });
    case 'exit': process.exit(1);
    case 'grow': { const all = []; for (;;) all.push(new Array(1e6).fill(Math.random())); }
    case 'answer': return 'x'.repeat(event.bytes - 2);
    case 'nothing': return undefined;
    default: return event;
  }
};`;

let aws: AwsDouble;
let folder: string;
let lambda: RunningLambda;
let client: LambdaClient;

beforeAll(async () => {
  aws = await startAwsDouble();
  folder = mkdtempSync(join(tmpdir(), 'flowhound-bundle-'));
  const path = join(folder, 'index.mjs');
  writeFileSync(path, BUNDLE);
  const fn = {
    ...{ name: 'flowhound-scan', arn: 'arn:aws:lambda:us-east-1:111122223333:function:flowhound-scan' },
    ...{
      handler: 'dist/functions/scan/index.handler',
      environment: { STATE_BUCKET: 'example-state' },
      memory: 128,
      timeout: 2,
    },
  };
  lambda = openLambda({ path, fn, double: aws, credentials: aws.credentials('scan') });
  aws.functions.set(fn.name, lambda.invoke);
  client = new LambdaClient({ ...aws.client('sweep'), maxAttempts: 1 });
});

afterAll(async () => {
  await lambda.close();
  await aws.close();
  rmSync(folder, { recursive: true, force: true });
});

async function invoke(event: object) {
  const { FunctionError, Payload } = await client.send(
    new InvokeCommand({ FunctionName: 'flowhound-scan', Payload: JSON.stringify(event) }),
  );
  return { FunctionError, answer: JSON.parse(Payload!.transformToString()) };
}

describe('a function', () => {
  it('runs in an environment of its own that is kept between events', async () => {
    const { answer } = await invoke({ do: 'describe' });
    expect(answer).toMatchObject({
      calls: 1,
      env: {
        AWS_REGION: 'us-east-1',
        AWS_ENDPOINT_URL: aws.url,
        AWS_ACCESS_KEY_ID: aws.credentials('scan').accessKeyId,
        STATE_BUCKET: 'example-state',
      },
      functionName: 'flowhound-scan',
      memoryLimitInMB: '128',
      awsRequestId: expect.any(String),
    });
    expect(answer.env.PATH).toBeUndefined();
    expect(answer.remaining).toBeGreaterThan(0);
    expect(answer.remaining).toBeLessThanOrEqual(2000);
    expect((await invoke({ do: 'describe' })).answer.calls).toBe(2);
    expect(lambda.logs).toContain('a line of log');
  });

  it('answers nothing with null', async () => {
    expect(await invoke({ do: 'nothing' })).toEqual({ FunctionError: undefined, answer: null });
  });

  it('fails under the name of its error', async () => {
    expect(await invoke({ do: 'fail' })).toMatchObject({
      FunctionError: 'Unhandled',
      answer: { errorType: 'LogObjectUnavailable', errorMessage: 'not just now' },
    });
  });

  it('is ended after its time, its exit or its memory, and begins anew', async () => {
    expect((await invoke({ do: 'hang' })).answer).toMatchObject({
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringContaining('Task timed out after 2.00 seconds'),
    });
    expect((await invoke({ do: 'exit' })).answer.errorType).toBe('Runtime.ExitError');
    expect((await invoke({ do: 'grow' })).answer.errorType).toBe('Runtime.OutOfMemory');
    expect((await invoke({ do: 'describe' })).answer.calls).toBe(1);
  });

  it('takes and gives 6 MB, not more', async () => {
    expect((await invoke({ do: 'answer', bytes: 6_291_456 })).FunctionError).toBeUndefined();
    expect((await invoke({ do: 'answer', bytes: 6_291_457 })).answer.errorType).toBe('Function.ResponseSizeTooLarge');
    await expect(invoke({ text: 'x'.repeat(6_291_456) })).rejects.toMatchObject({ name: 'RequestTooLargeException' });
  });

  it('that nobody registered is not found', async () => {
    const command = new InvokeCommand({ FunctionName: 'none' });
    await expect(client.send(command)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
