/** Parameter Store: encrypted parameters, https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html */
import { AwsError } from './aws-error.ts';
import type { Service } from './service.ts';
import { toJsonError } from './service.ts';

export type SsmOptions = {
  readonly account: string;
  readonly region: string;
  readonly parameters: ReadonlyMap<string, string>;
};

export function createSsm({ account, region, parameters }: SsmOptions): Service {
  const prefix = `arn:aws:ssm:${region}:${account}:parameter`;
  return {
    plan: (request) => {
      const action = String(request.headers['x-amz-target']).replace('AmazonSSM.', '');
      if (action !== 'GetParameter') throw new AwsError('UnknownOperationException', `The double has no ssm:${action}`);
      const { Name, WithDecryption } = JSON.parse(request.body.toString()) as {
        Name: string;
        WithDecryption?: boolean;
      };
      const name = Name.startsWith(prefix) ? Name.slice(prefix.length) : Name;
      // In an ARN a name without a folder has a slash before it all the same.
      const value = parameters.get(name) ?? parameters.get(name.replace(/^\//, ''));
      const resource = `${prefix}/${name.replace(/^\//, '')}`;
      return {
        name: action,
        needs: [{ action: 'ssm:GetParameter', resource }],
        run: () => {
          if (value === undefined) throw new AwsError('ParameterNotFound', '');
          const Value = WithDecryption ? value : Buffer.from(value).toString('base64');
          const Parameter = { Name: name, Type: 'SecureString', Value, Version: 1, ARN: resource };
          const headers = { 'content-type': 'application/x-amz-json-1.1' };
          return { status: 200, headers, body: JSON.stringify({ Parameter }) };
        },
      };
    },
    toErrorResponse: toJsonError,
    accessDenied: { code: 'AccessDeniedException', status: 400 },
    throttled: { code: 'ThrottlingException', status: 400 },
  };
}
