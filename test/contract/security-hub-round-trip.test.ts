/**
 * What analysts write into a finding stays, whatever Flowhound publishes about it afterwards: Publish, through real SDK calls,
 * against a Security Hub that has both sides' rules
 * (docs.aws.amazon.com/securityhub/latest/userguide/finding-update-batchimportfindings.html).
 */
import {
  BatchUpdateFindingsCommand,
  type BatchUpdateFindingsCommandInput,
  GetFindingsCommand,
  SecurityHubClient,
} from '@aws-sdk/client-securityhub';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSecurityHub } from '../../src/aws/security-hub.ts';
import type { Severity } from '../../src/core/severity.ts';
import { publish } from '../../src/tasks/publish.ts';
import { type AwsDouble, startAwsDouble } from '../aws-double/start.ts';
import { runs } from '../property/runs.ts';
import { collectInto, makeFinding, makeWorld, openStore, type World } from '../unit/publishing-world.ts';
import { configOf } from './clients.ts';

const OWNER = { accountId: '111122223333', partition: 'aws', region: 'us-east-1', publishFrom: 'MEDIUM' } as const;
const ProductArn = 'arn:aws:securityhub:us-east-1:111122223333:product/111122223333/default';
const Id = `flowhound/${makeFinding(5, 'HIGH').finding_id}`;
const NOTE = { Text: 'Known scanner of ours, see ticket 4711 – Größe ok', UpdatedBy: 'analyst' };

let aws: AwsDouble;
let client: SecurityHubClient;
beforeEach(async () => {
  aws = await startAwsDouble();
  client = new SecurityHubClient(configOf(aws));
});
afterEach(() => aws.close());

type Analysts = Omit<BatchUpdateFindingsCommandInput, 'FindingIdentifiers'>;

async function analyse(fields: Analysts): Promise<void> {
  const input = { FindingIdentifiers: [{ Id, ProductArn }], ...fields };
  await client.send(new BatchUpdateFindingsCommand(input));
}

async function inHub() {
  const Filters = { Id: [{ Value: Id, Comparison: 'EQUALS' as const }] };
  const { Findings } = await client.send(new GetFindingsCommand({ Filters }));
  expect(Findings!.length).toBeLessThanOrEqual(1);
  return Findings![0];
}

/** An execution that changes the finding, and the flush an hour later that says what was left. */
class Pipeline {
  readonly world: World = makeWorld();
  #hours = 0;

  async run(severity: Severity | 'withdrawn', records = 0): Promise<void> {
    const ports = { store: openStore(this.world), findings: openSecurityHub(client) };
    const clock = () => new Date(Date.parse('2026-09-10T12:00:00Z') + this.#hours * 3_600_000).toISOString();
    const execution = `new-logs_${this.#hours}`;
    const change =
      severity === 'withdrawn'
        ? { withdrawn: [makeFinding(5, 'HIGH')] }
        : { findings: [makeFinding(5, severity, records)] };
    const changes = await collectInto(this.world, { execution, at: clock(), ...change });
    await publish({ changes, execution, clock: clock() }, ports, OWNER);
    this.#hours += 2;
    await publish({ flush: true, clock: clock() }, ports, OWNER);
  }
}

describe('what an analyst wrote', () => {
  it('stays when there is more of the same', async () => {
    const pipeline = new Pipeline();
    await pipeline.run('HIGH');
    const theirs = {
      Note: NOTE,
      Workflow: { Status: 'NOTIFIED' as const },
      VerificationState: 'TRUE_POSITIVE' as const,
      UserDefinedFields: { ticket: '4711' },
    };
    await analyse(theirs);
    await pipeline.run('HIGH', 40);
    const after = await inHub();
    expect(after).toMatchObject(theirs);
    expect(after?.Description).toContain('59 records');
  });

  it('on the severity stays, and ours stands beside it', async () => {
    const pipeline = new Pipeline();
    await pipeline.run('MEDIUM');
    await analyse({ Severity: { Label: 'LOW' }, Types: ['Effects/Data Exposure'] });
    await pipeline.run('CRITICAL');
    expect(await inHub()).toMatchObject({
      Severity: { Label: 'LOW' },
      Types: ['Effects/Data Exposure'],
      FindingProviderFields: { Severity: { Label: 'CRITICAL' } },
    });
  });

  it('stays when the finding is archived, since its indicator is withdrawn', async () => {
    const pipeline = new Pipeline();
    await pipeline.run('HIGH');
    await analyse({ Note: NOTE, Workflow: { Status: 'RESOLVED' }, VerificationState: 'FALSE_POSITIVE' });
    await pipeline.run('withdrawn');
    expect(await inHub()).toMatchObject({
      ...{ RecordState: 'ARCHIVED', Note: NOTE, Workflow: { Status: 'RESOLVED' }, VerificationState: 'FALSE_POSITIVE' },
    });
  });

  it('stays when the finding comes back, but for the status, which Security Hub begins anew', async () => {
    const pipeline = new Pipeline();
    await pipeline.run('HIGH');
    await analyse({ Note: NOTE, Workflow: { Status: 'RESOLVED' }, UserDefinedFields: { ticket: '4711' } });
    await pipeline.run('withdrawn');
    await pipeline.run('HIGH', 3);
    expect(await inHub()).toMatchObject({
      ...{ RecordState: 'ACTIVE', Note: NOTE, Workflow: { Status: 'NEW' }, UserDefinedFields: { ticket: '4711' } },
    });
  });

  it('to suppress the finding stays even then', async () => {
    const pipeline = new Pipeline();
    await pipeline.run('HIGH');
    await analyse({ Workflow: { Status: 'SUPPRESSED' } });
    await pipeline.run('withdrawn');
    await pipeline.run('CRITICAL');
    expect(await inHub()).toMatchObject({ RecordState: 'ACTIVE', Workflow: { Status: 'SUPPRESSED' } });
  });
});

const step = fc.oneof(
  fc.record({
    severity: fc.constantFrom<(Severity | 'withdrawn')[]>('MEDIUM', 'HIGH', 'CRITICAL', 'INFORMATIONAL', 'withdrawn'),
    records: fc.nat(3),
  }),
  fc.record({
    theirs: fc.record(
      {
        Note: fc.string({ minLength: 1, maxLength: 100, unit: 'grapheme' }).map((Text) => ({ Text, UpdatedBy: 'soc' })),
        Workflow: fc.constantFrom('NEW', 'NOTIFIED', 'RESOLVED', 'SUPPRESSED').map((Status) => ({ Status })),
        VerificationState: fc.constantFrom('TRUE_POSITIVE', 'BENIGN_POSITIVE'),
        UserDefinedFields: fc.record({ ticket: fc.string({ minLength: 1, maxLength: 20 }) }),
        Severity: fc.constantFrom('LOW', 'CRITICAL').map((Label) => ({ Label })),
      },
      { requiredKeys: [] },
    ),
  }),
);

describe('whoever writes when', () => {
  it('each side keeps what is its own', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 7 }), async (steps) => {
        aws.securityHub.findings.clear();
        aws.securityHub.setByAnalysts.clear();
        const pipeline = new Pipeline();
        let theirs: Record<string, unknown> = {};
        for (const each of steps) {
          const before = await inHub();
          if ('theirs' in each && before === undefined) continue;
          if ('theirs' in each) {
            theirs = { ...theirs, ...each.theirs };
            await analyse(each.theirs as Analysts);
          } else {
            await pipeline.run(each.severity, each.records);
          }
          const after = await inHub();
          if (after === undefined) continue;
          const isReopened = before?.RecordState === 'ARCHIVED' && after.RecordState === 'ACTIVE';
          if (isReopened && before.Workflow?.Status !== 'SUPPRESSED')
            theirs = { ...theirs, Workflow: { Status: 'NEW' } };
          expect(after).toMatchObject(theirs);
          if ('severity' in each && each.severity !== 'withdrawn')
            expect(after.FindingProviderFields?.Severity?.Label).toBe(each.severity);
        }
      }),
      runs(12),
    );
  });
});
