/**
 * What analysts write into findings: https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchUpdateFindings.html
 * It stays when the provider imports the finding again.
 */
import { checkMembers, type Finding } from './asff-rules.ts';
import { AwsError } from './aws-error.ts';

/** An import changes these no more once a finding is there. */
const ANALYSTS = ['Note', 'UserDefinedFields', 'VerificationState', 'Workflow'] as const;
/** These show what the provider says, until an analyst sets them. */
const SHARED = ['Confidence', 'Criticality', 'RelatedFindings', 'Severity', 'Types'] as const;
const MOST_FINDINGS = 100;
const NOTE_LENGTH = 512;

type Update = Readonly<Record<string, unknown>> & {
  readonly FindingIdentifiers?: readonly { readonly Id: string; readonly ProductArn: string }[];
};

export type UpdatedFindings = {
  readonly findings: Map<string, Finding>;
  /** Which of the shared fields analysts have set, by finding. */
  readonly setByAnalysts: Map<string, Set<string>>;
};

export function updateFindings({ findings, setByAnalysts }: UpdatedFindings, body: Update): object {
  const { FindingIdentifiers: identifiers = [], ...fields } = body;
  if (identifiers.length < 1 || identifiers.length > MOST_FINDINGS) throw invalid(`1 to ${MOST_FINDINGS} identifiers`);
  const fault = checkMembers(fields, [...ANALYSTS, ...SHARED]);
  if (fault !== undefined) throw invalid(fault);
  const note = fields.Note as { Text?: string; UpdatedBy?: string } | undefined;
  if (note !== undefined && (!note.Text || note.Text.length > NOTE_LENGTH || !note.UpdatedBy))
    throw invalid(`a note has a text of up to ${NOTE_LENGTH} characters and an author`);
  const isThere = ({ Id, ProductArn }: { Id: string; ProductArn: string }) =>
    findings.get(Id)?.ProductArn === ProductArn;
  for (const { Id } of identifiers.filter(isThere)) {
    // UpdatedAt is the provider's and stays.
    const Note = note && { Note: { ...note, UpdatedAt: new Date().toISOString() } };
    findings.set(Id, { ...findings.get(Id)!, ...fields, ...Note });
    const set = SHARED.filter((name) => fields[name] !== undefined);
    setByAnalysts.set(Id, new Set([...(setByAnalysts.get(Id) ?? []), ...set]));
  }
  const absent = identifiers.filter((identifier) => !isThere(identifier));
  return {
    ProcessedFindings: identifiers.filter(isThere),
    UnprocessedFindings: absent.map((FindingIdentifier) => ({ FindingIdentifier, ErrorCode: 'FindingNotFound' })),
  };
}

/** Of the stored finding, what the next import leaves as it is. */
export function toKept(existing: Finding, { setByAnalysts }: UpdatedFindings): Readonly<Record<string, unknown>> {
  const names = [...ANALYSTS, ...(setByAnalysts.get(existing.Id) ?? [])];
  const kept = names.filter((name) => existing[name] !== undefined).map((name) => [name, existing[name]]);
  return Object.fromEntries(kept);
}

/** Of an imported finding, what an import may not change. */
export function withoutAnalysts(finding: Finding): Finding {
  const mine = Object.entries(finding).filter(([name]) => !(ANALYSTS as readonly string[]).includes(name));
  return Object.fromEntries(mine) as Finding;
}

function invalid(reason: string): AwsError {
  return new AwsError('InvalidInputException', `Invalid input: ${reason}`);
}
