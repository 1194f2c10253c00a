'use strict';
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const UNMODELLED = {
  'ssh-key': '', 'ssh-known-hosts': '', 'ssh-strict': 'true', 'ssh-user': 'git', filter: '',
  'sparse-checkout': '', 'sparse-checkout-cone-mode': 'true', lfs: 'false', submodules: 'false',
};
const SHA = /^[0-9a-f]{40}$/;

const input = (name) => (process.env[`INPUT_${name.toUpperCase()}`] || '').trim();
const output = (name, value) => fs.appendFileSync(process.env.GITHUB_OUTPUT, `${name}=${value}\n`);

function refuseUnmodelled() {
  for (const [name, value] of Object.entries(UNMODELLED)) {
    if (input(name) && input(name) !== value) {
      throw new Error(`The stand-in of actions/checkout does not model \`${name}\`; remove it, or give the real action with --actions.`);
    }
  }
}

function git(folder, args, environment = {}) {
  console.log(`[command]git ${args.join(' ')}`);
  const env = { ...process.env, GIT_TERMINAL_PROMPT: '0', ...environment };
  return execFileSync('git', args, { cwd: folder, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
}

function wanted(folder, origin, repository, credentials) {
  const ref = input('ref');
  const same = repository.toLowerCase() === process.env.GITHUB_REPOSITORY.toLowerCase();
  if (!ref && same) return { ref: process.env.GITHUB_REF, sha: process.env.GITHUB_SHA };
  if (SHA.test(ref)) return { ref: '', sha: ref };
  const names = ref ? [ref, `refs/heads/${ref}`, `refs/tags/${ref}`] : ['HEAD'];
  const rows = git(folder, ['ls-remote', origin, ...names], credentials).split('\n').filter(Boolean);
  if (!rows.length) throw new Error(`A branch or tag with the name '${ref}' could not be found`);
  const [sha, name] = rows.find((row) => row.includes('\trefs/heads/'))?.split('\t') || rows[0].split('\t');
  return { ref: name === 'HEAD' ? '' : name, sha };
}

function checkOut(folder, { ref, sha }) {
  if (ref.startsWith('refs/heads/')) {
    const branch = ref.slice('refs/heads/'.length);
    git(folder, ['update-ref', `refs/remotes/origin/${branch}`, sha]);
    git(folder, ['checkout', '--quiet', '--force', '-B', branch, `refs/remotes/origin/${branch}`]);
  } else {
    git(folder, ['checkout', '--quiet', '--force', '--detach', sha]);
  }
}

function main() {
  refuseUnmodelled();
  const folder = path.resolve(process.env.GITHUB_WORKSPACE, input('path') || '.');
  const server = (input('github-server-url') || process.env.GITHUB_SERVER_URL).replace(/\/$/, '');
  const repository = input('repository');
  const origin = `${server}/${repository}`;
  const basic = Buffer.from(`x-access-token:${input('token')}`).toString('base64');
  const header = `AUTHORIZATION: basic ${basic}`;
  console.log(`::add-mask::${basic}`);
  const key = `http.${server}/.extraheader`;
  const credentials = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: key, GIT_CONFIG_VALUE_0: header };

  fs.mkdirSync(folder, { recursive: true });
  git(folder, ['init', '--quiet', '--initial-branch', 'main', '.']);
  if (git(folder, ['remote']).split('\n').includes('origin')) git(folder, ['remote', 'remove', 'origin']);
  git(folder, ['remote', 'add', 'origin', origin]);
  const target = wanted(folder, origin, repository, credentials);
  const depth = Number(input('fetch-depth') || '1');
  const flags = ['--quiet', '--prune', ...(depth > 0 ? [`--depth=${depth}`] : [])];
  flags.push(input('fetch-tags') === 'true' || depth === 0 ? '--tags' : '--no-tags');
  const all = depth === 0 ? ['+refs/heads/*:refs/remotes/origin/*'] : [];
  git(folder, ['fetch', ...flags, 'origin', ...all, target.sha], credentials);
  checkOut(folder, target);
  if (input('clean') !== 'false') git(folder, ['clean', '-ffdxq']);
  if (input('persist-credentials') === 'true') {
    fs.appendFileSync(path.join(folder, '.git', 'config'), `[http "${server}/"]\n\textraheader = ${header}\n`);
    fs.appendFileSync(process.env.GITHUB_STATE, `folder=${folder}\nkey=${key}\n`);
  }
  const commit = git(folder, ['rev-parse', 'HEAD']);
  console.log(commit);
  output('ref', input('ref') || target.ref || target.sha);
  output('commit', commit);
}

try {
  main();
} catch (error) {
  console.log(`::error::${error.message}`);
  process.exitCode = 1;
}
