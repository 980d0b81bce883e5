/** An error that a service answers with, under the name that its SDK client gives to it. */
import type { Permission } from './recording.ts';

export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  readonly status: number;
  /** Further fields of the error document. */
  readonly details: Readonly<Record<string, unknown>>;
  /** Who lacks this permission is answered with "access denied" in place of this error. */
  readonly needs: readonly Permission[];

  constructor(
    code: string,
    message: string,
    options: { status?: number; details?: Readonly<Record<string, unknown>>; needs?: readonly Permission[] } = {},
  ) {
    super(message);
    this.code = code;
    this.status = options.status ?? 400;
    this.details = options.details ?? {};
    this.needs = options.needs ?? [];
  }
}
