/** `--param name=value`, which may be given several times. */
import { UsageError } from '../core/errors.ts';

/** Adds one to those before it. */
export function addParameter(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const equals = text.indexOf('=');
  if (equals < 1) throw new UsageError(`--param ${text} is not name=value, such as ip=203.0.113.7.`);
  return { ...before, [text.slice(0, equals)]: text.slice(equals + 1) };
}
