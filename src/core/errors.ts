/**
 * The few ways Flowhound fails. The class names are public: the state machine retries and catches by them
 * (`ErrorEquals`), and each knows the exit status of the command line.
 */

/** Bad usage, config or input path: exit status 2, nothing was run. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly exitStatus = 2;
}

/** A log object could not be read just now; trying again may help. Damaged content is a value, never this error. */
export class LogObjectUnavailable extends Error {
  override readonly name = 'LogObjectUnavailable';
  readonly exitStatus = 1;
}

/** A log object cannot be read at all (gone, no permission, a folder). It is counted as damaged and never stops a run. */
export class LogObjectUnreadable extends Error {
  override readonly name = 'LogObjectUnreadable';
  readonly exitStatus = 1;
}

/** A file of the address index is not what was written. It counts as absent: its objects are read instead. */
export class AddressIndexDamaged extends Error {
  override readonly name = 'AddressIndexDamaged';
  readonly exitStatus = 1;
  readonly file: string;
  readonly reason: string;

  constructor(file: string, reason: string) {
    super(`${file}: ${reason}`);
    this.file = file;
    this.reason = reason;
  }
}

/** A query failed in the engine; `cause` has the engine's own error. */
export class QueryFailed extends Error {
  override readonly name = 'QueryFailed';
  readonly exitStatus = 1;
}

/** An execution of the state machine ended without success. */
export class ExecutionFailed extends Error {
  override readonly name = 'ExecutionFailed';
  readonly exitStatus = 1;
}

/** The user asked to stop (Ctrl-C): exit status 130. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly exitStatus = 130;
}
