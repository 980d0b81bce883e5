/** The alarms that `custom.natAlarms` of serverless.yml describes, for each NAT gateway of the param natGateways. */
'use strict';

module.exports = async ({ resolveVariable }) => {
  const gateways = await resolveVariable('self:custom.settings.natGateways');
  const alarms = await resolveVariable('self:custom.natAlarms');
  return {
    Resources: Object.fromEntries(gateways.flatMap((gateway) => alarms.map((alarm) => toResource(gateway, alarm)))),
  };
};

function toResource(gateway, alarm) {
  const properties = {
    ...alarm,
    AlarmDescription: `NAT gateway ${gateway}: ${alarm.AlarmDescription}`,
    Namespace: 'AWS/NATGateway',
    Dimensions: [{ Name: 'NatGatewayId', Value: gateway }],
    AlarmActions: [{ Ref: 'AlarmTopic' }],
  };
  const id = gateway.replace('nat-', '');
  return [`Nat${id}${alarm.MetricName}Alarm`, { Type: 'AWS::CloudWatch::Alarm', Properties: properties }];
}
