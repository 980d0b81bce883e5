/** Security Hub: findings of the account's own product, imported as https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchImportFindings.html has it. */

import { type Finding, findFault } from './asff-rules.ts';
import { AwsError } from './aws-error.ts';
import type { AwsRequest, AwsResponse } from './aws-request.ts';
import { checkFilters, passes } from './security-hub-filters.ts';
import { toKept, updateFindings, withoutAnalysts } from './security-hub-updates.ts';
import type { Operation, Service } from './service.ts';
import { toRestJsonError } from './service.ts';
import { openRate } from './token-bucket.ts';

/** A finding that fails without being at fault, for the next imports of it. */
export type FailOnDemand = { readonly id: RegExp; readonly code: string; readonly message: string; times: number };

export type SecurityHubState = {
  isEnabled: boolean;
  /** What it refuses while it is switched off: the whole call, or each finding of it. Both have been seen. */
  refuses: 'calls' | 'findings';
  /** By their id: there is one product. Tests may change what analysts change. */
  readonly findings: Map<string, Finding>;
  readonly setByAnalysts: Map<string, Set<string>>;
  readonly failures: FailOnDemand[];
};

export type SecurityHubOptions = { readonly account: string; readonly region: string };

type FailedFinding = { readonly Id: string; readonly ErrorCode: string; readonly ErrorMessage: string };

const MOST_FINDINGS = 100;
const MOST_BYTES = 6_000_000;
const CALLS_A_SECOND = 10;
const BURST = 30;

export function createSecurityHub(state: SecurityHubState, options: SecurityHubOptions): Service {
  const isWithinRate = openRate(CALLS_A_SECOND, BURST);
  const hub = `arn:aws:securityhub:${options.region}:${options.account}:hub/default`;
  const operation = (name: string, resource: string, run: () => object): Operation => ({
    name,
    needs: [{ action: `securityhub:${name}`, resource }],
    run: () => toRestJson(run()),
  });
  return {
    plan: (request) => {
      switch (`${request.method} ${request.path}`) {
        case 'POST /findings/import': {
          const findings = bodyOf(request).Findings as Finding[];
          return operation('BatchImportFindings', findings?.[0]?.ProductArn ?? '*', () => {
            if (!isWithinRate()) throw new AwsError('TooManyRequestsException', 'Rate exceeded', { status: 429 });
            return importFindings(state, options, request, findings);
          });
        }
        case 'PATCH /findings/batchupdate':
          return operation('BatchUpdateFindings', hub, () => {
            checkEnabled(state, options);
            return updateFindings(state, bodyOf(request));
          });
        case 'POST /findings':
          return operation('GetFindings', hub, () => getFindings(state, options, bodyOf(request)));
        case 'GET /accounts':
          return operation('DescribeHub', hub, () => {
            checkEnabled(state, options);
            return { HubArn: hub, SubscribedAt: '2026-01-01T00:00:00.000Z', AutoEnableControls: true };
          });
        default:
          throw new AwsError('UnknownOperationException', `The double has no ${request.method} ${request.path}`, {
            status: 404,
          });
      }
    },
    toErrorResponse: toRestJsonError,
    accessDenied: { code: 'AccessDeniedException', status: 403 },
    throttled: { code: 'TooManyRequestsException', status: 429 },
  };
}

function importFindings(
  state: SecurityHubState,
  options: SecurityHubOptions,
  request: AwsRequest,
  findings: readonly Finding[],
): object {
  if (!Array.isArray(findings) || findings.length < 1 || findings.length > MOST_FINDINGS) {
    throw new AwsError(
      'InvalidInputException',
      `Invalid parameter 'Findings': 1 to ${MOST_FINDINGS} findings are possible`,
    );
  }
  if (request.body.length > MOST_BYTES)
    throw new AwsError('InvalidInputException', `The request has ${request.body.length} bytes: over 6 MB`);
  if (state.refuses === 'calls') checkEnabled(state, options);
  for (const finding of findings) checkOwner(finding, options);
  const failed = findings.flatMap((finding) => importOne(state, finding) ?? []);
  return { SuccessCount: findings.length - failed.length, FailedCount: failed.length, FailedFindings: failed };
}

/** Custom products import findings of their own account only; otherwise the whole call is denied. */
function checkOwner({ ProductArn, AwsAccountId }: Finding, { account, region }: SecurityHubOptions): void {
  const own = `arn:aws:securityhub:${region}:${account}:product/${account}/default`;
  if ((ProductArn === undefined || ProductArn === own) && (AwsAccountId === undefined || AwsAccountId === account))
    return;
  const message = `User is not authorized to perform: securityhub:BatchImportFindings on resource: ${ProductArn}`;
  throw new AwsError('AccessDeniedException', message, { status: 403 });
}

function importOne(state: SecurityHubState, finding: Finding): FailedFinding | undefined {
  const failed = (ErrorCode: string, ErrorMessage: string): FailedFinding => ({
    Id: finding.Id ?? '',
    ErrorCode,
    ErrorMessage,
  });
  if (!state.isEnabled) return failed('InvalidAccess', 'Account is not subscribed to AWS Security Hub');
  const fault = findFault(finding);
  if (fault !== undefined) return failed('InvalidInput', `Finding does not adhere to Amazon Finding Format. ${fault}`);
  const onDemand = state.failures.find(({ id, times }) => times > 0 && id.test(finding.Id));
  if (onDemand !== undefined) {
    onDemand.times--;
    return failed(onDemand.code, onDemand.message);
  }
  const existing = state.findings.get(finding.Id);
  // An older or equally old version counts as imported and changes nothing.
  const isNewer =
    existing === undefined || Date.parse(String(finding.UpdatedAt)) > Date.parse(String(existing.UpdatedAt));
  if (isNewer)
    state.findings.set(finding.Id, existing === undefined ? toNew(finding) : toUpdated(existing, finding, state));
  return undefined;
}

function toNew(finding: Finding): Finding {
  return {
    RecordState: 'ACTIVE',
    Workflow: { Status: 'NEW' },
    WorkflowState: 'NEW',
    ...fromProvider(finding),
    ...finding,
  };
}

function toUpdated(existing: Finding, finding: Finding, state: SecurityHubState): Finding {
  const isReopened = existing.RecordState === 'ARCHIVED' && finding.RecordState !== 'ARCHIVED';
  const { Status } = existing.Workflow as { Status: string };
  const reopened = isReopened && Status !== 'SUPPRESSED' ? { Workflow: { Status: 'NEW' } } : {};
  return { ...toNew(withoutAnalysts(finding)), ...toKept(existing, state), ...reopened };
}

/** What the provider says in its own fields shows in the finding's. */
function fromProvider({ FindingProviderFields: fields }: Finding): object {
  const { Severity, Types } = (fields ?? {}) as Record<string, unknown>;
  return { ...(Severity === undefined ? {} : { Severity }), ...(Types === undefined ? {} : { Types }) };
}

function getFindings(
  state: SecurityHubState,
  options: SecurityHubOptions,
  body: Readonly<Record<string, unknown>>,
): object {
  checkEnabled(state, options);
  const filters = checkFilters(body.Filters);
  const size = Number(body.MaxResults ?? MOST_FINDINGS);
  if (size < 1 || size > MOST_FINDINGS)
    throw new AwsError('InvalidInputException', `MaxResults is not 1 to ${MOST_FINDINGS}`);
  const from = Number(body.NextToken ?? 0);
  const found = [...state.findings.values()].filter((finding) => passes(finding, filters));
  const next = from + size < found.length ? { NextToken: String(from + size) } : {};
  return { Findings: found.slice(from, from + size), ...next };
}

function checkEnabled({ isEnabled }: SecurityHubState, { account }: SecurityHubOptions): void {
  if (isEnabled) return;
  throw new AwsError('InvalidAccessException', `Account ${account} is not subscribed to AWS Security Hub`, {
    status: 401,
  });
}

function bodyOf({ body }: AwsRequest): Record<string, unknown> {
  return body.length === 0 ? {} : (JSON.parse(body.toString()) as Record<string, unknown>);
}

function toRestJson(document: object): AwsResponse {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(document) };
}
