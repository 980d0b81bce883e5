/** Whether an EventBridge pattern matches an event: the kinds of filters that serverless.yml uses. For tests only. */
import type { Json } from '../stack/template.ts';

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html */
export function matchesPattern(pattern: Json, event: unknown): boolean {
  return Object.entries(pattern as Record<string, Json>).every(([field, wanted]) => {
    const value = (event as Record<string, unknown> | undefined)?.[field];
    if (!Array.isArray(wanted)) return value !== undefined && matchesPattern(wanted, value);
    return wanted.some((filter: Json) => matchesFilter(filter, value));
  });
}

function matchesFilter(filter: Json, value: unknown): boolean {
  if (typeof filter !== 'object' || filter === null) return filter === value;
  const [[kind, text] = ['', '']] = Object.entries(filter);
  if (typeof value !== 'string' || typeof text !== 'string') return false;
  if (kind === 'prefix') return value.startsWith(text);
  if (kind === 'suffix') return value.endsWith(text);
  if (kind === 'wildcard') return toRegExp(text).test(value);
  throw new Error(`a kind of filter that is not known here: ${kind}`);
}

function toRegExp(wildcard: string): RegExp {
  return new RegExp(`^${wildcard.split('*').map(RegExp.escape).join('.*')}$`, 's');
}
