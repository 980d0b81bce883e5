/** Links into the AWS console, in every partition: what a person opens next. */

const CONSOLES: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
  'aws-eusc': 'console.amazonaws-eusc.eu',
};

/** Where a resource is: `arn:partition:service:region:account:…`. */
type Home = { readonly partition: string; readonly region: string };

export function linkToExecution(executionArn: string): string {
  const [, partition = 'aws', , region = ''] = executionArn.split(':');
  return toLink({ partition, region }, `states/home?region=${region}#/v2/executions/details/${executionArn}`);
}

export function linkToQuery(home: Home, queryId: string): string {
  return toLink(home, `athena/home?region=${home.region}#/query-editor/history/${queryId}`);
}

export function linkToStack(home: Home, stackName: string): string {
  const filter = encodeURIComponent(stackName);
  return toLink(home, `cloudformation/home?region=${home.region}#/stacks?filteringText=${filter}`);
}

/** All findings in Security Hub. */
export function linkToFindings(home: Home): string {
  return toLink(home, `securityhub/home?region=${home.region}#/findings`);
}

function toLink({ partition, region }: Home, path: string): string {
  return `https://${region}.${CONSOLES[partition] ?? CONSOLES.aws}/${path}`;
}
