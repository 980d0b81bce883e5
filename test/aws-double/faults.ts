/** Trouble on demand: what AWS does to its callers on a bad day, for the next calls of an action. */
import type { Permission } from './recording.ts';

export type Fault =
  /** The service's own "too many calls". */
  | { readonly kind: 'throttle' }
  | { readonly kind: 'error'; readonly code: string; readonly status: number; readonly message: string }
  /** The connection ends before anything is answered; the call itself was not carried out. */
  | { readonly kind: 'drop' }
  /** The call was carried out, and then the connection ends: the caller cannot know. */
  | { readonly kind: 'drop-answer' }
  /** The body ends after so many bytes, though the headers promise all of it. */
  | { readonly kind: 'cut'; readonly bytes: number };

export type FaultWhen = {
  /** How many calls it meets. */
  readonly times?: number;
  /** How many calls pass before. */
  readonly after?: number;
  /** Only calls on resources (ARN) that this matches. */
  readonly resource?: RegExp;
};

type Planned = {
  readonly action: string;
  readonly fault: Fault;
  readonly resource?: RegExp;
  pass: number;
  left: number;
};

export class Faults {
  readonly #planned: Planned[] = [];

  /** The next calls are answered with the service's throttling error. S3 calls it SlowDown. */
  throttle(action: string, when: FaultWhen = {}): void {
    this.#plan(action, { kind: 'throttle' }, when);
  }

  /** The next calls are answered with this error. */
  fail(
    action: string,
    code: string,
    when: FaultWhen & { readonly status?: number; readonly message?: string } = {},
  ): void {
    const { status = 400, message = `${code} on demand` } = when;
    this.#plan(action, { kind: 'error', code, status, message }, when);
  }

  /** The next calls meet a service that is broken: 500 InternalError, or what the service calls it. */
  breakDown(action: string, when: FaultWhen = {}): void {
    const code = action.startsWith('s3:') ? 'InternalError' : 'InternalServerException';
    this.fail(action, code, { ...when, status: 500 });
  }

  /** The next connections are dropped before the call is carried out. */
  drop(action: string, when: FaultWhen = {}): void {
    this.#plan(action, { kind: 'drop' }, when);
  }

  /** The next calls are carried out, but their answer is lost. */
  dropAnswer(action: string, when: FaultWhen = {}): void {
    this.#plan(action, { kind: 'drop-answer' }, when);
  }

  /** The next bodies end after so many bytes. */
  cut(action: string, bytes: number, when: FaultWhen = {}): void {
    this.#plan(action, { kind: 'cut', bytes }, when);
  }

  clear(): void {
    this.#planned.length = 0;
  }

  /** The fault that meets this call, if any; it is used up by that. */
  take({ action, resource }: Permission): Fault | undefined {
    const planned = this.#planned.find(
      (candidate) => candidate.action === action && candidate.left > 0 && (candidate.resource?.test(resource) ?? true),
    );
    if (planned === undefined) return undefined;
    if (planned.pass > 0) {
      planned.pass--;
      return undefined;
    }
    planned.left--;
    return planned.fault;
  }

  #plan(action: string, fault: Fault, { times = 1, after = 0, resource }: FaultWhen): void {
    this.#planned.push({ action, fault, pass: after, left: times, ...(resource === undefined ? {} : { resource }) });
  }
}
