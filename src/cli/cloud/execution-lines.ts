/** An execution state by state on stderr, on a terminal only: a line for each step that stays as the record of what was done. */
import { readFile } from 'node:fs/promises';
import type { StateChange } from '../../aws/execution-follower.ts';
import { bar, formatSeconds, redraw } from '../progress.ts';

export type ExecutionLines = { readonly onState: (change: StateChange) => void; readonly end: () => void };

const DEFINITION = new URL('../../../statemachines/sweep.asl.json', import.meta.url);
const WIDEST_NAME = 'RecordDataRatioFailure'.length;
const SILENT: ExecutionLines = { onState: () => {}, end: () => {} };

type States = Readonly<Record<string, { readonly Type: string; readonly ItemProcessor?: { readonly States: States } }>>;

/** Lines for executions followed one after another; silent unless stderr is a terminal. */
export async function openExecutionLines(isQuiet: boolean): Promise<ExecutionLines> {
  if (isQuiet || !process.stderr.isTTY) return SILENT;
  const { States } = JSON.parse(await readFile(DEFINITION, 'utf8')) as { States: States };
  return toLines(States, (line, isFinished) => (isFinished ? finish(line) : redraw(line)));
}

/** In place of the line that moved, and whole. */
function finish(line: string): void {
  redraw('');
  process.stderr.write(`${line}\n`);
}

/** A step is a state of the definition's first level that does something; what is inside of it is counted. */
export function toLines(states: States, show: (line: string, isFinished: boolean) => void): ExecutionLines {
  const stepOf = new Map(
    Object.entries(states).flatMap(([step, state]) => namesOf(step, state).map((name) => [name, step])),
  );
  let open: Step | undefined;
  const close = (at: Date): void => {
    if (open !== undefined) show(`${open.name.padEnd(WIDEST_NAME)}  ${bar(1)}  ${tellStep(open, at)}`, true);
    open = undefined;
  };
  let last = new Date(0);
  return {
    onState: ({ state, change, at }) => {
      last = at;
      const step = stepOf.get(state);
      if (step === undefined) return;
      if (state === step && change === 'entered') {
        close(at);
        open = { name: step, since: at, entered: 0, exited: 0, failed: 0 };
      } else if (state === step && change === 'exited') close(at);
      else if (open?.name === step) open[change]++;
      if (open !== undefined) show(`${open.name.padEnd(WIDEST_NAME)}  ${bar(0)}  ${tellStep(open, at)}`, false);
    },
    end: () => close(last),
  };
}

type Step = { readonly name: string; readonly since: Date; entered: number; exited: number; failed: number };

function tellStep({ since, entered, exited, failed }: Step, at: Date): string {
  const parts = [
    formatSeconds((at.getTime() - since.getTime()) / 1000),
    ...(entered > 0 ? [`${exited}/${entered} tasks`] : []),
    ...(failed > 0 ? [`${failed} failed, tried again`] : []),
  ];
  return parts.join('   ');
}

/** The state and the tasks inside of it; what only chooses or passes on takes no time. */
function namesOf(name: string, { Type, ItemProcessor }: States[string]): string[] {
  if (Type !== 'Task' && Type !== 'Map') return [];
  const inner = Object.entries(ItemProcessor?.States ?? {}).filter(([, state]) => state.Type === 'Task');
  return [name, ...inner.map(([innerName]) => innerName)];
}
