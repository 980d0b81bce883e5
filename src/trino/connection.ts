/** Where a Trino is and as whom to speak to it. */
import { UsageError } from '../core/errors.ts';

export type TrinoSettings = {
  readonly url: string;
  readonly user: string;
  /** Where names without a catalogue or schema are sought; the server's own default where it is not given. */
  readonly catalog?: string | undefined;
  readonly schema?: string | undefined;
  /** One of them, for a Trino that asks for it. */
  readonly password?: string | undefined;
  readonly token?: string | undefined;
};

export type TrinoConnection = { readonly origin: string; readonly headers: Readonly<Record<string, string>> };

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
/** What may stand in an HTTP header as it is; names of catalogues and schemas are of these. */
const HEADER_VALUE = /^[\x21-\x7e]+$/;

/** Checks the settings. A secret goes out over https, or stays on this machine. */
export function toConnection({ url, user, catalog, schema, password, token }: TrinoSettings): TrinoConnection {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol))
    throw new UsageError(`--trino-url ${url} is no URL of a Trino, such as http://127.0.0.1:8080.`);
  if (parsed.username !== '' || parsed.password !== '')
    throw new UsageError('--trino-url holds a name or a password; give them in the environment.');
  const hasSecret = password !== undefined || token !== undefined;
  if (hasSecret && parsed.protocol === 'http:' && !LOOPBACK.test(parsed.hostname))
    throw new UsageError(
      `--trino-url ${parsed.origin} is not https: a password or token would be readable on its way.`,
    );
  const headers: Record<string, string> = {
    'X-Trino-User': user,
    'X-Trino-Source': 'flowhound',
    'X-Trino-Time-Zone': 'UTC',
    ...(catalog === undefined ? {} : { 'X-Trino-Catalog': catalog }),
    ...(schema === undefined ? {} : { 'X-Trino-Schema': schema }),
  };
  const odd = Object.entries(headers).find(([, value]) => !HEADER_VALUE.test(value));
  if (odd !== undefined) throw new UsageError(`Trino: "${odd[1]}" cannot stand in the header ${odd[0]}.`);
  if (token !== undefined) {
    if (!HEADER_VALUE.test(token)) throw new UsageError('Trino: the token has a character that no token has.');
    headers.Authorization = `Bearer ${token}`;
  } else if (password !== undefined) {
    headers.Authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  }
  return { origin: parsed.origin, headers };
}
