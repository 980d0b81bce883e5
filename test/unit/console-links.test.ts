import { describe, expect, it } from 'vitest';
import { linkToExecution, linkToFindings, linkToQuery, linkToStack } from '../../src/aws/console-links.ts';

describe('links into the console', () => {
  it('lead to the execution in its own partition and region', () => {
    const arn = 'arn:aws:states:eu-west-1:111122223333:execution:flowhound-dev:hunt_1';
    expect(linkToExecution(arn)).toBe(
      `https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/v2/executions/details/${arn}`,
    );
    const china = 'arn:aws-cn:states:cn-north-1:111122223333:execution:flowhound-dev:hunt_1';
    expect(linkToExecution(china)).toMatch(/^https:\/\/cn-north-1\.console\.amazonaws\.cn\/states\//);
    const government = 'arn:aws-us-gov:states:us-gov-west-1:111122223333:execution:flowhound-dev:hunt_1';
    expect(linkToExecution(government)).toMatch(/^https:\/\/us-gov-west-1\.console\.amazonaws-us-gov\.com\/states\//);
  });

  it('lead to a query, a stack and the findings', () => {
    const home = { partition: 'aws', region: 'us-east-1' };
    expect(linkToQuery(home, '0a1b')).toMatch(/athena\/home\?region=us-east-1#\/query-editor\/history\/0a1b$/);
    expect(linkToStack(home, 'flowhound-dev')).toMatch(/#\/stacks\?filteringText=flowhound-dev$/);
    expect(linkToFindings(home)).toMatch(/^https:\/\/us-east-1\.console\.aws\.amazon\.com\/securityhub\//);
  });
});
