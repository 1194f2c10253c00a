'use strict';
const fs = require('node:fs');

const UNMODELLED = {
  'aws-access-key-id': '', 'aws-secret-access-key': '', 'aws-session-token': '', 'web-identity-token-file': '',
  'role-chaining': 'false', 'role-external-id': '', 'transitive-tag-keys': '', 'managed-session-policies': '',
  'use-existing-credentials': 'false', 'force-skip-oidc': 'false', 'http-proxy': '', 'https-proxy': '',
  'no-proxy': '', 'action-timeout-s': '',
};
const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;

const input = (name) => (process.env[`INPUT_${name.toUpperCase()}`] || '').trim();
const mask = (value) => console.log(`::add-mask::${value}`);
const append = (file, name, value) => fs.appendFileSync(process.env[file], `${name}=${value}\n`);
const field = (xml, name) => (xml.match(new RegExp(`<${name}>([^<]*)</${name}>`)) || [])[1] || '';

function checkInputs() {
  for (const [name, value] of Object.entries(UNMODELLED)) {
    if (input(name) && input(name) !== value) {
      throw new Error(`The stand-in of configure-aws-credentials does not model \`${name}\`; remove it, or give the real action with --actions.`);
    }
  }
  if (!REGION.test(input('aws-region'))) throw new Error(`Region is not valid: ${input('aws-region')}`);
  if (!input('role-to-assume')) throw new Error('`role-to-assume` is empty; give the ARN of a role.');
}

async function webIdentity() {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = process.env;
  if (!url || !token) {
    throw new Error('Credentials could not be loaded. It looks like you might be trying to authenticate with OIDC. Did you mean to set the `id-token` permission?');
  }
  const address = `${url}&audience=${encodeURIComponent(input('audience'))}`;
  const answer = await fetch(address, { headers: { Authorization: `Bearer ${token}` } });
  if (!answer.ok) throw new Error(`Could not get an OIDC token: ${answer.status} ${await answer.text()}`);
  const { value } = await answer.json();
  mask(value);
  return value;
}

function decode(text) {
  return text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&apos;/g, "'").replace(/&amp;/g, '&');
}

async function assumeRole(token) {
  const endpoint = process.env.AWS_ENDPOINT_URL_STS || process.env.AWS_ENDPOINT_URL;
  if (!endpoint) throw new Error('Neither AWS_ENDPOINT_URL_STS nor AWS_ENDPOINT_URL is set; name the local AWS in `env` of the runner file.');
  const body = new URLSearchParams({
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: input('role-to-assume'),
    RoleSessionName: input('role-session-name') || 'GitHubActions',
    DurationSeconds: input('role-duration-seconds') || '3600',
    WebIdentityToken: token,
  });
  if (input('inline-session-policy')) body.set('Policy', input('inline-session-policy'));
  const answer = await fetch(endpoint, { method: 'POST', body }).catch((error) => {
    throw new Error(`The local AWS at ${endpoint} does not answer (${error.cause?.code || error.message}); start it first.`);
  });
  const text = await answer.text();
  if (!answer.ok) {
    const reason = decode(field(text, 'Message')) || text.slice(0, 300);
    throw new Error(`Could not assume role with OIDC: ${field(text, 'Code') || answer.status}: ${reason}`);
  }
  return text;
}

function giveOut(xml) {
  const keys = {
    'aws-access-key-id': field(xml, 'AccessKeyId'),
    'aws-secret-access-key': decode(field(xml, 'SecretAccessKey')),
    'aws-session-token': decode(field(xml, 'SessionToken')),
  };
  const arn = field(xml, 'Arn');
  const account = arn.split(':')[4];
  const allowed = input('allowed-account-ids').split(',').map((id) => id.trim()).filter(Boolean);
  if (allowed.length && !allowed.includes(account)) throw new Error(`The account ${account} is not in \`allowed-account-ids\`.`);
  Object.values(keys).forEach(mask);
  if (input('mask-aws-account-id') === 'true') mask(account);
  for (const [name, value] of Object.entries(keys)) {
    if (input('output-env-credentials') !== 'false') append('GITHUB_ENV', name.toUpperCase().replaceAll('-', '_'), value);
    if (input('output-credentials') === 'true') append('GITHUB_OUTPUT', name, value);
  }
  if (input('output-credentials') === 'true') append('GITHUB_OUTPUT', 'aws-expiration', field(xml, 'Expiration'));
  append('GITHUB_ENV', 'AWS_REGION', input('aws-region'));
  append('GITHUB_ENV', 'AWS_DEFAULT_REGION', input('aws-region'));
  append('GITHUB_OUTPUT', 'aws-account-id', account);
  append('GITHUB_OUTPUT', 'authenticated-arn', arn);
  console.log(`Authenticated as assumedRoleId ${field(xml, 'AssumedRoleId')}`);
}

async function main() {
  checkInputs();
  console.log('Assuming role with OIDC');
  giveOut(await assumeRole(await webIdentity()));
}

main().catch((error) => {
  console.log(`::error::${error.message}`);
  process.exitCode = 1;
});
