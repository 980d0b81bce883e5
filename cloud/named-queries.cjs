/** The queries of sql/ as named queries of the Athena workgroup, each with the name and purpose of its header. */
'use strict';

const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

const FOLDERS = ['detections', 'activity'];

module.exports = () => ({ Resources: Object.fromEntries(FOLDERS.flatMap(readFolder).map(toResource)) });

function readFolder(folder) {
  const path = join(__dirname, '../sql', folder);
  return readdirSync(path)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => readFileSync(join(path, file), 'utf8'));
}

function toResource(sql) {
  const name = readHeader(sql, 'name');
  const properties = {
    Name: name,
    Description: readHeader(sql, 'purpose'),
    Database: { Ref: 'Database' },
    WorkGroup: { Ref: 'WorkGroup' },
    QueryString: sql,
  };
  return [toLogicalId(name), { Type: 'AWS::Athena::NamedQuery', Properties: properties }];
}

function readHeader(sql, field) {
  return new RegExp(`^-- ${field}: (.+)$`, 'm').exec(sql)[1];
}

/** `top_ips` → `TopIpsQuery` */
function toLogicalId(name) {
  return `${name.replaceAll(/(?:^|_)([a-z])/g, (_match, letter) => letter.toUpperCase())}Query`;
}
