/** cfn-lint and checkov, where test/stack/fetch.sh has put them. For tests only. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CACHE = join(ROOT, 'node_modules/.cache/stack-lint');
const BIN = join(CACHE, process.platform === 'win32' ? 'Scripts' : 'bin');

/** Why nothing can be linted here, or undefined. */
export const refusal = existsSync(join(CACHE, 'installed'))
  ? undefined
  : 'no cfn-lint and checkov: run sh test/stack/fetch.sh, which needs Python 3';

/** What cfn-lint has against the template, a line each; `cloud/cfnlint.yml` says what it may not say, and why. */
export function cfnLint(template: string): string[] {
  const args = ['--config-file', join(ROOT, 'cloud/cfnlint.yml'), '--format', 'parseable', '--template', template];
  const { stdout, stderr, error } = spawnSync(join(BIN, 'cfn-lint'), args, { encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (stderr !== '') throw new Error(stderr);
  return stdout.split('\n').filter((line) => line !== '');
}

type Check = { readonly check_id: string; readonly resource: string };
type Report = {
  readonly results: {
    readonly failed_checks: readonly Check[];
    readonly passed_checks: readonly Check[];
    readonly skipped_checks: readonly (Check & { readonly check_result: { readonly suppress_comment: string } })[];
  };
};

/** What checkov says of the template; the skips are those in the metadata of its resources. */
export function checkov(template: string): Report['results'] {
  const args = ['-f', template, '--framework', 'cloudformation', '--skip-download', '--compact', '-o', 'json'];
  const { stdout, error } = spawnSync(join(BIN, 'checkov'), args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (error !== undefined) throw error;
  return (JSON.parse(stdout) as Report).results;
}

/** A script of ours under the Python that has botocore, checkov's own. */
export function python(script: string, input: string): string {
  const { stdout, stderr, status } = spawnSync(join(BIN, 'python'), [script], { encoding: 'utf8', input });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}
