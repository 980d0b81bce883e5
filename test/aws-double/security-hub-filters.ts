/** The filters of GetFindings that the double knows; another one is refused, not passed over. */

import type { Finding } from './asff-rules.ts';
import { AwsError } from './aws-error.ts';

type StringFilter = { readonly Value: string; readonly Comparison: string };
type Filters = readonly (readonly [name: string, filters: readonly StringFilter[]])[];

const FIELDS: Readonly<Record<string, (finding: Finding) => unknown>> = {
  Id: ({ Id }) => Id,
  ProductArn: ({ ProductArn }) => ProductArn,
  GeneratorId: ({ GeneratorId }) => GeneratorId,
  AwsAccountId: ({ AwsAccountId }) => AwsAccountId,
  ProductName: ({ ProductName }) => ProductName,
  Title: ({ Title }) => Title,
  RecordState: ({ RecordState }) => RecordState,
  WorkflowStatus: ({ Workflow }) => (Workflow as { Status?: string } | undefined)?.Status,
  SeverityLabel: ({ Severity }) => (Severity as { Label?: string } | undefined)?.Label,
  ResourceId: ({ Resources }) => (Resources as { Id: string }[])[0]?.Id,
};

const HOLDS: Readonly<Record<string, (value: string, wanted: string) => boolean>> = {
  EQUALS: (value, wanted) => value === wanted,
  PREFIX: (value, wanted) => value.startsWith(wanted),
  CONTAINS: (value, wanted) => value.includes(wanted),
  NOT_EQUALS: (value, wanted) => value !== wanted,
  PREFIX_NOT_EQUALS: (value, wanted) => !value.startsWith(wanted),
  NOT_CONTAINS: (value, wanted) => !value.includes(wanted),
};

export function checkFilters(filters: unknown): Filters {
  const all = Object.entries((filters ?? {}) as Record<string, StringFilter[]>);
  for (const [name, list] of all) {
    const unknown = list.find(({ Comparison }) => HOLDS[Comparison] === undefined);
    if (FIELDS[name] !== undefined && unknown === undefined) continue;
    throw new AwsError('InvalidInputException', `The double has no filter ${name} ${unknown?.Comparison ?? ''}`);
  }
  return all;
}

/** Any of the positive filters of a field, all of its negative ones, and so for every field. */
export function passes(finding: Finding, filters: Filters): boolean {
  return filters.every(([name, list]) => {
    const value = String(FIELDS[name]!(finding) ?? '');
    const holds = ({ Value, Comparison }: StringFilter): boolean => HOLDS[Comparison]!(value, Value);
    const positive = list.filter(({ Comparison }) => !Comparison.includes('NOT'));
    return (
      list.every((filter) => positive.includes(filter) || holds(filter)) &&
      (positive.length === 0 || positive.some(holds))
    );
  });
}
