/** The params about messages: when they go out, to whom; what serverless.yml and the function publish need of them. */
'use strict';

const { toTopicId } = require('./severity-topics.cjs');

const SEVERITIES = ['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'];
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
const HOURS = /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/;
/** With a slash in front, so that the name can be seen to be none of an address. */
const PARAMETER = /^\/(?!aws|ssm)[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*$/i;

module.exports = async (check) => {
  const severityTopics = await check.list('severityTopics', new RegExp(`^(${SEVERITIES.join('|')})$`), 'a severity');
  const topics = [...new Set(severityTopics)];
  const quietHours = await readQuietHours(check);
  const digestAt = await check.match('digestAt', TIME, 'a time of day such as 08:00');
  return {
    digest: await check.choice('digest', ['off', 'hourly', 'daily']),
    digestAt: digestAt || '08:00',
    digestAbove: await check.whole('digestAbove', 1, 1_000_000),
    digestTime: toCron(digestAt),
    quietHours,
    quietEnd: toCron(quietHours.split('-')[1]),
    timeZone: await readTimeZone(check),
    atOnceFrom: await check.choice('atOnceFrom', ['none', ...SEVERITIES]),
    severityTopics: topics,
    severityTopicArns: toPairs(topics),
    topicArns: ['FindingTopic', ...topics.map(toTopicId)].map((id) => ({ Ref: id })),
    webhook: await readWebhook(check),
    webhookKind: await check.choice('webhookKind', ['slack', 'teams']),
  };
};

async function readQuietHours(check) {
  const hours = await check.match('quietHours', HOURS, 'hours such as 22:00-07:00');
  const [from, to] = hours.split('-');
  if (from !== '' && from === to) check.refuse('quietHours', hours, 'hours that end: nothing would ever be told');
  return hours;
}

async function readTimeZone(check) {
  const timeZone = await check.text('timeZone');
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    check.refuse('timeZone', timeZone, 'a time zone such as UTC or Europe/Berlin');
  }
  return timeZone;
}

/** What is refused may be the secret itself, and is not repeated. */
async function readWebhook(check) {
  const name = await check.text('webhook');
  if (name !== '' && !PARAMETER.test(name))
    check.problems.push(
      'webhook: it is not the name of a parameter, such as /flowhound/webhook, that holds the address',
    );
  return name;
}

/** `07:30` → every day at that time. */
function toCron(time) {
  const [hour, minute] = (time || '08:00').split(':').map(Number);
  return `cron(${minute} ${hour} * * ? *)`;
}

/** `HIGH=arn…,LOW=arn…`, for the function publish. */
function toPairs(severities) {
  if (severities.length === 0) return '';
  return { 'Fn::Sub': severities.map((severity) => `${severity}=\${${toTopicId(severity)}}`).join(',') };
}
