/** cfn-lint and checkov on all that is deployed; what checkov may not say is skipped in the template, with a reason. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cfnLint, checkov, refusal } from './lint.ts';
import { makeService, type Packaged, packageStack } from './package-stack.ts';

const LOG_ACCOUNT = fileURLToPath(new URL('../../cloud/log-account.yml', import.meta.url));
/** Made by the framework, which takes no metadata for it: it holds bundles and templates, nothing that is logged. */
const OF_THE_FRAMEWORK = 'AWS::S3::Bucket.ServerlessDeploymentBucket';

let service: string;
let packaged: Packaged;

beforeAll(async () => {
  service = await makeService('stub');
  packaged = packageStack(service, {
    partitions: 'schedule',
    partitionSchedule: 'daily',
    flowLogFor: 'vpc-0123456789abcdef0',
    natGateways: 'nat-0123456789abcdef0',
    findingsEmail: 'soc@example.com',
    alarmsEmail: 'ops@example.com',
    digest: 'daily',
    quietHours: '22:00-07:00',
    severityTopics: 'CRITICAL,HIGH',
    webhook: '/flowhound/webhook',
  });
});

afterAll(() => {
  for (const folder of [service, packaged.folder]) rmSync(folder, { recursive: true, force: true });
});

describe('cfn-lint', () => {
  it('has nothing against the stack', (context) => {
    if (refusal !== undefined) return context.skip(refusal);
    expect(cfnLint(packaged.template)).toEqual([]);
  });

  it('has nothing against the template for the account of the logs', (context) => {
    if (refusal !== undefined) return context.skip(refusal);
    expect(cfnLint(LOG_ACCOUNT)).toEqual([]);
  });

  it('has a reason beside each check it leaves out', () => {
    const lines = readFileSync(join(LOG_ACCOUNT, '../cfnlint.yml'), 'utf8').split('\n');
    const left = lines.filter((line) => line.startsWith('  - '));
    expect(left.length).toBeGreaterThan(0);
    for (const line of left) expect(line).toMatch(/^ {2}- [EW]\d{4} # .{20,}/);
  });
});

describe('checkov', () => {
  it('has nothing against the stack but what is skipped with a reason', (context) => {
    if (refusal !== undefined) return context.skip(refusal);
    const { failed_checks: failed, passed_checks: passed, skipped_checks: skipped } = checkov(packaged.template);
    const ours = failed.filter(({ resource }) => resource !== OF_THE_FRAMEWORK);
    expect(ours.map(({ check_id, resource }) => `${check_id} ${resource}`)).toEqual([]);
    expect(passed.length).toBeGreaterThan(200);
    for (const { check_id, resource, check_result } of skipped) {
      expect(check_result.suppress_comment.length, `${check_id} ${resource}`).toBeGreaterThan(20);
    }
  });

  it('has nothing against the template for the account of the logs', (context) => {
    if (refusal !== undefined) return context.skip(refusal);
    expect(checkov(LOG_ACCOUNT).failed_checks).toEqual([]);
  });
});
