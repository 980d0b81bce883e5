/** What SNS would refuse of a message, or a queue that it hands it to. For tests only. */
import type { NotificationMessage } from '../../src/core/notification.ts';

/** docs.aws.amazon.com/sns/latest/api/API_Publish.html */
export function problemsOf({ subject, body, attributes }: NotificationMessage): string[] {
  const problems: string[] = [];
  if (!/^[!-~][ -~]{0,98}$/.test(subject)) problems.push(`subject ${subject}`);
  const named = Object.entries(attributes).map(
    ([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)] as const,
  );
  const bytes = Buffer.byteLength(named.flatMap(([name, value]) => [name, value, 'String.Array']).join(''));
  if (Buffer.byteLength(body) + bytes + subject.length > 262_144) problems.push(`${Buffer.byteLength(body)} bytes`);
  if (named.length > 10) problems.push('more than ten attributes');
  for (const [name, value] of named) {
    if (!/^[A-Za-z0-9_-]{1,256}$/.test(name)) problems.push(`attribute ${name}`);
    if (value === '') problems.push(`${name} is empty`);
  }
  for (const text of [body, ...named.map(([, value]) => value)]) {
    if (!/^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u.test(text)) problems.push('no XML characters');
  }
  return problems;
}
