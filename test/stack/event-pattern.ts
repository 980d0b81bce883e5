/** Does an EventBridge rule take an event? Only what the stack's patterns use: exact values, `prefix`, `wildcard`. */
import type { Json, JsonObject } from './template.ts';

export function takesEvent(pattern: JsonObject, event: JsonObject): boolean {
  return Object.entries(pattern).every(([key, wanted]) => {
    const value = event[key];
    if (!Array.isArray(wanted)) {
      const isBelow = typeof value === 'object' && value !== null && !Array.isArray(value);
      return isBelow && takesEvent(wanted as JsonObject, value as JsonObject);
    }
    return wanted.some((matcher) => takesValue(matcher, value));
  });
}

function takesValue(matcher: Json, value: Json | undefined): boolean {
  if (typeof matcher !== 'object' || matcher === null) return matcher === value;
  if (typeof value !== 'string') return false;
  const [[kind, text] = ['', '']] = Object.entries(matcher as JsonObject);
  if (kind === 'prefix') return value.startsWith(String(text));
  if (kind === 'wildcard') return toExpression(String(text)).test(value);
  throw new Error(`unknown matcher ${kind}`);
}

function toExpression(wildcard: string): RegExp {
  const parts = wildcard.split('*').map((part) => part.replaceAll(/[.\\+?^${}()|[\]]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}
