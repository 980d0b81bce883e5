/** A topic for each severity of the param severityTopics, with what the topic for all has: policy, mail, webhook, output. */
'use strict';

module.exports = async ({ resolveVariable }) => {
  const severities = await resolveVariable('self:custom.settings.severityTopics');
  const mail = await resolveVariable('self:custom.settings.findingsEmail');
  const webhook = await resolveVariable('self:custom.settings.webhook');
  return {
    Resources: Object.assign({}, ...severities.map((severity) => toResources(severity, { mail, webhook }))),
    Outputs: Object.fromEntries(
      severities.map((severity) => [toTopicId(severity).replace('Finding', ''), { Value: ref(toTopicId(severity)) }]),
    ),
  };
};

module.exports.toTopicId = toTopicId;

/** `HIGH` → FindingTopicHigh */
function toTopicId(severity) {
  return `FindingTopic${severity[0]}${severity.slice(1).toLowerCase()}`;
}

function toResources(severity, { mail, webhook }) {
  const id = toTopicId(severity);
  const topic = { DisplayName: `Flowhound ${severity}`, KmsMasterKeyId: ref('Key') };
  const subscription = { TopicArn: ref(id) };
  return {
    [id]: { Type: 'AWS::SNS::Topic', Properties: topic },
    [`${id}Policy`]: { Type: 'AWS::SNS::TopicPolicy', Properties: toPolicy(id) },
    ...(mail === ''
      ? {}
      : {
          [`${id}Mail`]: {
            Type: 'AWS::SNS::Subscription',
            Properties: { ...subscription, Protocol: 'email', Endpoint: mail },
          },
        }),
    ...(webhook === '' ? {} : toWebhook(id, subscription)),
  };
}

function toPolicy(id) {
  const Statement = [
    {
      Sid: 'TlsOnly',
      Effect: 'Deny',
      Principal: '*',
      Action: 'sns:Publish',
      Resource: ref(id),
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  ];
  return { Topics: [ref(id)], PolicyDocument: { Version: '2012-10-17', Statement } };
}

function toWebhook(id, subscription) {
  const Endpoint = { 'Fn::GetAtt': ['WebhookLambdaFunction', 'Arn'] };
  const permission = {
    Action: 'lambda:InvokeFunction',
    FunctionName: ref('WebhookLambdaFunction'),
    Principal: 'sns.amazonaws.com',
    SourceArn: ref(id),
  };
  return {
    [`${id}Webhook`]: { Type: 'AWS::SNS::Subscription', Properties: { ...subscription, Protocol: 'lambda', Endpoint } },
    [`${id}WebhookPermission`]: { Type: 'AWS::Lambda::Permission', Properties: permission },
  };
}

function ref(id) {
  return { Ref: id };
}
