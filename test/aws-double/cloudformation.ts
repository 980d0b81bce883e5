/** CloudFormation, as far as a deployed stack is looked up: its outputs and its resources. */
import { AwsError } from './aws-error.ts';
import type { AwsResponse } from './aws-request.ts';
import type { Service } from './service.ts';
import { toQueryError } from './service.ts';
import { element, XML_HEAD, type Xml } from './xml.ts';

/** A stack as a test has it deployed. */
export type DoubleStack = {
  readonly status?: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly resources?: readonly { readonly logicalId: string; readonly physicalId: string; readonly type: string }[];
};

export type CloudFormationOptions = {
  readonly account: string;
  readonly region: string;
  readonly stacks: ReadonlyMap<string, DoubleStack>;
};

const RESOURCE_PAGE = 100;
const CREATED = '2026-09-01T00:00:00Z';

export function createCloudFormation(options: CloudFormationOptions): Service {
  return {
    plan: (request) => {
      const parameters = new URLSearchParams(request.body.toString());
      const action = parameters.get('Action') ?? '';
      const stack = parameters.get('StackName');
      const run = { DescribeStacks: describeStacks, ListStackResources: listResources }[action];
      if (run === undefined) throw new AwsError('InvalidAction', `The double has no cloudformation:${action}`);
      const resource = stack?.startsWith('arn:')
        ? stack
        : `arn:aws:cloudformation:${options.region}:${options.account}:stack/${stack ?? '*'}/*`;
      const needs = [{ action: `cloudformation:${action}`, resource }] as const;
      return { name: action, needs: [...needs], run: () => toAnswer(action, run(parameters, options)) };
    },
    toErrorResponse: toQueryError,
    accessDenied: { code: 'AccessDenied', status: 403 },
    throttled: { code: 'Throttling', status: 400 },
  };
}

function toAnswer(action: string, result: (Xml | undefined)[]): AwsResponse {
  const document = element(`${action}Response`, [element(`${action}Result`, result)]);
  return { status: 200, headers: { 'content-type': 'text/xml' }, body: `${XML_HEAD}${document}` };
}

function describeStacks(parameters: URLSearchParams, options: CloudFormationOptions): Xml[] {
  const asked = parameters.get('StackName');
  const names = asked === null ? [...options.stacks.keys()] : [findStack(asked, options)[0]];
  return [
    element(
      'Stacks',
      names.map((name) => describeStack(name, options)),
    ),
  ];
}

function describeStack(name: string, options: CloudFormationOptions): Xml {
  const { outputs, parameters = {}, status = 'CREATE_COMPLETE' } = options.stacks.get(name)!;
  const members = (list: string, key: string, values: Readonly<Record<string, string>>): Xml =>
    element(
      list,
      Object.entries(values).map(([one, value]) =>
        element('member', [element(`${key}Key`, one), element(`${key}Value`, value)]),
      ),
    );
  return element('member', [
    element('StackName', name),
    element('StackId', idOf(name, options)),
    element('StackStatus', status),
    element('CreationTime', CREATED),
    members('Outputs', 'Output', outputs),
    members('Parameters', 'Parameter', parameters),
  ]);
}

function listResources(parameters: URLSearchParams, options: CloudFormationOptions): (Xml | undefined)[] {
  const [, { resources = [] }] = findStack(parameters.get('StackName') ?? '', options);
  const from = Number(parameters.get('NextToken') ?? 0);
  const summaries = resources
    .slice(from, from + RESOURCE_PAGE)
    .map(({ logicalId, physicalId, type }) =>
      element('member', [
        ...[
          element('LogicalResourceId', logicalId),
          element('PhysicalResourceId', physicalId),
          element('ResourceType', type),
        ],
        ...[element('ResourceStatus', 'CREATE_COMPLETE'), element('LastUpdatedTimestamp', CREATED)],
      ]),
    );
  const isLast = from + RESOURCE_PAGE >= resources.length;
  return [
    element('StackResourceSummaries', summaries),
    isLast ? undefined : element('NextToken', String(from + RESOURCE_PAGE)),
  ];
}

function findStack(asked: string, options: CloudFormationOptions): [string, DoubleStack] {
  const found = [...options.stacks].find(([name]) => asked === name || asked === idOf(name, options));
  if (found === undefined) throw new AwsError('ValidationError', `Stack with id ${asked} does not exist`);
  return found;
}

function idOf(name: string, { account, region }: CloudFormationOptions): string {
  return `arn:aws:cloudformation:${region}:${account}:stack/${name}/00000000-0000-0000-0000-000000000000`;
}
