/** What Athena refuses before a query exists. https://docs.aws.amazon.com/athena/latest/APIReference/API_StartQueryExecution.html */
import type { StartQueryExecutionInput } from '@aws-sdk/client-athena';
import { AwsError } from './aws-error.ts';

const MOST_QUERY = 262_144;
const MOST_PARAMETER = 1024;

export function invalid(message: string, AthenaErrorCode = 'INVALID_INPUT'): AwsError {
  return new AwsError('InvalidRequestException', message, { details: { AthenaErrorCode } });
}

export function checkStart({
  QueryString = '',
  ClientRequestToken,
  ExecutionParameters,
}: StartQueryExecutionInput): void {
  const bytes = Buffer.byteLength(QueryString);
  if (bytes < 1 || bytes > MOST_QUERY) throw invalid(`queryString has ${bytes} bytes: 1 to ${MOST_QUERY} are possible`);
  if (ClientRequestToken !== undefined && (ClientRequestToken.length < 32 || ClientRequestToken.length > 128)) {
    throw constraint('clientRequestToken', 'Member must have length between 32 and 128');
  }
  if (ExecutionParameters === undefined) return;
  if (ExecutionParameters.length === 0)
    throw constraint('executionParameters', 'Member must have length greater than or equal to 1');
  if (ExecutionParameters.some(({ length }) => length < 1 || length > MOST_PARAMETER)) {
    throw constraint('executionParameters', `Member must have length between 1 and ${MOST_PARAMETER}`);
  }
}

function constraint(field: string, rule: string): AwsError {
  return invalid(`1 validation error detected: Value at '${field}' failed to satisfy constraint: ${rule}`);
}
