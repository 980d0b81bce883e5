/** STS: who calls. */
import { AwsError } from './aws-error.ts';
import type { Service } from './service.ts';
import { toQueryError } from './service.ts';
import { element, XML_HEAD } from './xml.ts';

export type StsOptions = { readonly account: string; readonly nameOf: (accessKeyId: string) => string };

export function createSts({ account, nameOf }: StsOptions): Service {
  return {
    plan: (request) => {
      const action = new URLSearchParams(request.body.toString()).get('Action');
      if (action !== 'GetCallerIdentity') throw new AwsError('InvalidAction', `The double has no sts:${action}`);
      const name = nameOf(request.accessKeyId);
      const result = element('GetCallerIdentityResult', [
        element('Arn', `arn:aws:sts::${account}:assumed-role/${name}/double`),
        element('UserId', `AROAEXAMPLEEXAMPLE:${name}`),
        element('Account', account),
      ]);
      const document = element('GetCallerIdentityResponse', [result]);
      return {
        name: action,
        needs: [{ action: 'sts:GetCallerIdentity', resource: '*' }],
        run: () => ({ status: 200, headers: { 'content-type': 'text/xml' }, body: `${XML_HEAD}${document}` }),
      };
    },
    toErrorResponse: toQueryError,
    accessDenied: { code: 'AccessDenied', status: 403 },
    throttled: { code: 'Throttling', status: 400 },
  };
}
