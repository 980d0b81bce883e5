/** Executions of the state machine on Step Functions. */
import { DescribeExecutionCommand, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Workflow } from '../ports.ts';
import { errorName } from './aws-error.ts';

export function openWorkflow(client: SFNClient, stateMachineArn: string): Workflow {
  return {
    start: (name, input) => start(client, stateMachineArn, name, input),
    status: (name) => readStatus(client, toExecutionArn(stateMachineArn, name)),
  };
}

/** `arn:…:stateMachine:flowhound` and a name → `arn:…:execution:flowhound:name`; an execution's ARN stays as it is. */
export function toExecutionArn(stateMachineArn: string, nameOrArn: string): string {
  if (nameOrArn.startsWith('arn:')) return nameOrArn;
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${nameOrArn}`;
}

/** Step Functions answers the repeated start of a running execution, with the same input, as if it were the first. */
async function start(client: SFNClient, stateMachineArn: string, name: string, input: unknown): Promise<boolean> {
  try {
    await client.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
    return true;
  } catch (error) {
    if (errorName(error) === 'ExecutionAlreadyExists') return false;
    throw error;
  }
}

async function readStatus(client: SFNClient, executionArn: string): ReturnType<Workflow['status']> {
  try {
    const { status } = await client.send(new DescribeExecutionCommand({ executionArn }));
    return status === 'PENDING_REDRIVE' ? 'RUNNING' : status;
  } catch (error) {
    if (errorName(error) === 'ExecutionDoesNotExist') return undefined;
    throw error;
  }
}
