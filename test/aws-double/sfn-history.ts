/** What happened in an execution, as GetExecutionHistory tells it: typed, numbered, each event behind the one that led to it. */
import { toSeconds } from './json-service.ts';

export type HistoryEvent = { readonly id: number; readonly previousEventId: number; readonly type: string } & Readonly<
  Record<string, unknown>
>;

/** An event of the interpreter, as far as the history needs it. */
export type InterpreterEvent = {
  readonly type: string;
  readonly input?: unknown;
  readonly output?: unknown;
  readonly index?: number;
  readonly state?: { readonly name: string; readonly type: string; readonly input: unknown; readonly output?: unknown };
  readonly parentState?: { readonly name: string };
};

/** An execution that has more is ended by Step Functions. */
export const MOST_EVENTS = 25_000;

export class History {
  readonly events: HistoryEvent[] = [];
  /** Last event of each state that is under way, by its name; iterations of a Map are as good as each other. */
  readonly #open = new Map<string, number[]>();

  add(type: string, details: object, previousEventId = this.events.length): number {
    const id = this.events.length + 1;
    const name = detailsName(type);
    this.events.push({ id, previousEventId, type, timestamp: toSeconds(new Date()), [name]: details });
    return id;
  }

  /** Adds an event of the work that a Task state is doing; returns its number, which the next one is handed. */
  addWork(state: string, type: string, details: object, previous?: number): number {
    const id = this.add(type, details, previous ?? this.#open.get(state)?.shift());
    return id;
  }

  /** The state goes on from this event: it is left, or tried again. */
  keepOpen(state: string, id: number): void {
    this.#open.set(state, [id, ...(this.#open.get(state) ?? [])]);
  }

  /** Takes over what the interpreter tells; work and the execution's end are told by those who know more of them. */
  follow(event: InterpreterEvent): void {
    const { state, parentState, index } = event;
    if (event.type === 'StateEntered') {
      const id = this.add(`${state!.type}StateEntered`, {
        name: state!.name,
        input: JSON.stringify(state!.input),
        inputDetails: WHOLE,
      });
      this.#open.set(state!.name, [...(this.#open.get(state!.name) ?? []), id]);
    } else if (event.type === 'StateExited') {
      const details = { name: state!.name, output: JSON.stringify(state!.output ?? null), outputDetails: WHOLE };
      this.add(`${state!.type}StateExited`, details, this.#open.get(state!.name)?.shift());
    } else if (/^MapIteration(Started|Succeeded|Failed)$/.test(event.type)) {
      this.add(event.type, { name: parentState!.name, index });
    }
  }
}

const WHOLE = { truncated: false };

/** `TaskStateEntered` → `stateEnteredEventDetails`; the other types have details of their own name. */
function detailsName(type: string): string {
  if (type.endsWith('StateEntered')) return 'stateEnteredEventDetails';
  if (type.endsWith('StateExited')) return 'stateExitedEventDetails';
  return `${type[0]!.toLowerCase()}${type.slice(1)}EventDetails`;
}

/** The event without documents, as asked for with includeExecutionData=false. */
export function withoutData(event: HistoryEvent): object {
  const strip = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const { input: _input, output: _output, parameters: _parameters, ...rest } = value as Record<string, unknown>;
    return rest;
  };
  return Object.fromEntries(Object.entries(event).map(([name, value]) => [name, strip(value)]));
}
