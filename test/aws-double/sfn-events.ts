/** "Step Functions Execution Status Change", as EventBridge gets it. */
import { randomUUID } from 'node:crypto';
import type { EventBridgeEvent } from './s3-events.ts';
import type { Execution } from './sfn-execution.ts';

/** Longer documents are left out of the event. https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
const MOST_DOCUMENTS = 253_952;

export function toStatusEvent(execution: Execution, account: string, region: string): EventBridgeEvent {
  const { arn, name, machine, status, started, stopped, input, output, error, cause } = execution;
  const included = Buffer.byteLength(input) + Buffer.byteLength(output ?? '') <= MOST_DOCUMENTS;
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Step Functions Execution Status Change',
    source: 'aws.states',
    account,
    time: `${new Date().toISOString().slice(0, 19)}Z`,
    region,
    resources: [arn],
    detail: {
      ...{ executionArn: arn, stateMachineArn: machine.arn, name, status },
      ...{ startDate: started.getTime(), stopDate: stopped?.getTime() ?? null },
      ...{ input: included ? input : null, inputDetails: { included } },
      ...{ output: included ? (output ?? null) : null, outputDetails: output === undefined ? null : { included } },
      ...{ error: error ?? null, cause: cause ?? null, stateMachineVersionArn: null, stateMachineAliasArn: null },
    },
  };
}
