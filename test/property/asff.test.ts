import { type AwsSecurityFinding, AwsSecurityFinding$ } from '@aws-sdk/client-securityhub';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AsffFinding, type FindingOwner, toAsff } from '../../src/core/asff.ts';
import type { Finding } from '../../src/core/finding-document.ts';
import { findFault } from '../aws-double/asff-rules.ts';
import { findings } from '../unit/arbitrary-findings.ts';
import { runs } from './runs.ts';
import { findMisfits } from './sdk-shape.ts';

const OWNER: FindingOwner = { accountId: '444455556666', region: 'us-east-1' };
const CLOCK = '2026-09-10T12:00:00.000Z';

/** docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsSecurityFinding.html and its parts: what the double does not look at. */
function problemsOf(asff: AsffFinding): string[] {
  const problems = findMisfits(asff, AwsSecurityFinding$);
  const fault = findFault(asff as AsffFinding & { readonly ProductArn: string });
  if (fault !== undefined) problems.push(fault);
  const finding = asff as unknown as AwsSecurityFinding;
  for (const { Id, Type } of finding.Resources ?? []) {
    if (!/^\S(.*\S)?$/.test(Id ?? '')) problems.push(`resource ${JSON.stringify(Id)}`);
    if (!/^(AwsEc2(Instance|NetworkInterface|Subnet|Vpc)|Other)$/.test(Type ?? ''))
      problems.push(`resource of ${Type}`);
  }
  if ((finding.Remediation?.Recommendation?.Text?.length ?? 0) > 512) problems.push('recommendation over 512');
  for (const name of Object.keys(finding.ProductFields ?? {})) {
    if (name.startsWith('aws/')) problems.push(`${name} is reserved`);
  }
  for (const detail of [
    finding.Action?.NetworkConnectionAction?.RemotePortDetails,
    finding.Action?.NetworkConnectionAction?.LocalPortDetails,
  ]) {
    if (detail?.Port !== undefined && !(detail.Port >= 0 && detail.Port <= 65_535))
      problems.push(`port ${detail.Port}`);
  }
  return [...problems, ...findOddTexts('', asff)];
}

/** The format's texts match `.*\S.*`; one that is no Unicode does not arrive as it was sent. */
function findOddTexts(path: string, value: unknown): string[] {
  if (typeof value === 'string') {
    if (!/\S/.test(value)) return [`${path} is blank`];
    if (!value.isWellFormed()) return [`${path} has half a character`];
    return /\p{Cc}/u.test(value) ? [`${path} has controls in it`] : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => findOddTexts(`${path}.${name}`, part));
}

const write = (finding: Finding): AsffFinding => toAsff(finding, OWNER, CLOCK);

describe('toAsff', () => {
  it('whatever logs, lists and the fold make, the SDK and Security Hub take it', () => {
    fc.assert(
      fc.property(findings, (finding) => {
        expect(problemsOf(write(finding))).toEqual([]);
      }),
      runs(300),
    );
  });

  it('a hundred of the largest fit into one call of 6 MB, cut or not', () => {
    fc.assert(
      fc.property(findings, (finding) => {
        expect(Buffer.byteLength(JSON.stringify(write(finding)))).toBeLessThan(60_000);
      }),
      runs(300),
    );
  });

  it('a misspelt member would be told', () => {
    const asff = write(fc.sample(findings, 1)[0]!);
    const { Id, CreatedAt, UpdatedAt, RecordState } = asff;
    const promised = { Id, CreatedAt, UpdatedAt, RecordState } satisfies Partial<AwsSecurityFinding>;
    expect(asff).toMatchObject(promised);
    expect(findMisfits({ ...asff, Titel: 'x', Title: undefined }, AwsSecurityFinding$)).toEqual(
      expect.arrayContaining(['.Titel is unknown', '.Title is missing']),
    );
    expect(findMisfits({ ...asff, Types: 'one' }, AwsSecurityFinding$)).toEqual(['.Types is no list']);
    expect(findMisfits({ ...asff, Confidence: '1' }, AwsSecurityFinding$)).toEqual(['.Confidence is no number']);
  });
});
