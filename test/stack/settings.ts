/** cloud/settings.cjs as the framework calls it: params of serverless.yml, some of them given anew. For tests only. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

type Resolver = (options: {
  readonly resolveVariable: (address: string) => Promise<unknown>;
}) => Promise<Record<string, unknown>>;

const SERVERLESS = fileURLToPath(new URL('../../serverless.yml', import.meta.url));
const settings = createRequire(import.meta.url)('../../cloud/settings.cjs') as Resolver;

export type Params = Readonly<Record<string, string>>;

/** Params with their defaults, as serverless.yml has them. */
export function defaultParams(): Params {
  const { params } = parse(readFileSync(SERVERLESS, 'utf8'), { logLevel: 'silent', merge: true });
  return params.default;
}

/** `asked` is told of every param that is looked at. */
export function readSettings(
  given: Params = {},
  stage = 'dev',
  asked: (name: string) => void = () => {},
): Promise<Record<string, unknown>> {
  const params: Params = { ...defaultParams(), ...given };
  const resolveVariable = async (address: string) => {
    if (address === 'sls:stage') return stage;
    if (address === 'self:params') return { default: defaultParams() };
    const name = address.replace('param:', '');
    asked(name);
    return params[name];
  };
  return settings({ resolveVariable });
}
