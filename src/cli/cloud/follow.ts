/** Executions of the stack, one after another to their ends: they run side by side, only the telling is in turn. */
import type { EndedExecution } from '../../aws/execution-follower.ts';
import type { Started } from '../../tasks/start-execution.ts';
import type { Talk } from '../talk.ts';
import { openExecutionLines } from './execution-lines.ts';
import { openSfn, type StackConnection } from './stack-connection.ts';

/** What did not end well, in one line each. */
export type Followed = { readonly failures: readonly string[] };

/** Follows those that run; what had succeeded before is taken as it is. */
export async function followAll(
  started: readonly Started[],
  connection: StackConnection,
  talk: Talk,
  signal: AbortSignal,
): Promise<Followed> {
  const { followExecution } = await import('../../aws/execution-follower.ts');
  const { toExecutionArn } = await import('../../aws/workflow.ts');
  const { linkToExecution } = await import('../../aws/console-links.ts');
  const sfn = await openSfn(connection);
  const failures: string[] = [];
  for (const [at, { execution, outcome }] of started.entries()) {
    const arn = toExecutionArn(connection.stack.stateMachineArn, execution);
    const place = `execution ${at + 1} of ${started.length}`;
    if (outcome === 'succeeded') {
      talk.say(`flowhound: ${place} has done this before: ${linkToExecution(arn)}`);
      continue;
    }
    talk.say(`flowhound: ${place} ${outcome === 'started' ? 'started' : 'runs already'}: ${linkToExecution(arn)}`);
    const lines = await openExecutionLines(talk.isQuiet);
    const ended = await followExecution(sfn, arn, lines.onState, signal);
    lines.end();
    if (ended.status !== 'SUCCEEDED') failures.push(tellFailure(execution, ended));
  }
  return { failures };
}

function tellFailure(execution: string, { status, error, cause }: EndedExecution): string {
  const reason = [error, cause].filter((text) => text !== undefined).join(': ');
  return `${execution} ${status}${reason === '' ? '' : `: ${reason.replaceAll(/\s+/g, ' ')}`}`;
}
