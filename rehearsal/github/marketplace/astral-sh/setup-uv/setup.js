'use strict';
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const UNMODELLED = ['version-file', 'venv-path', 'cache-local-path', 'tool-dir', 'tool-bin-dir', 'manifest-file'];
const input = (name) => (process.env[`INPUT_${name.toUpperCase()}`] || '').trim();
const append = (file, name, value) => fs.appendFileSync(process.env[file], `${name}=${value}\n`);
const run = (program, args) => execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();

function onPath(program) {
  for (const folder of process.env.PATH.split(path.delimiter)) {
    const candidate = path.join(folder, program);
    try {
      fs.accessSync(candidate, fs.constants.X_OK);
      return candidate;
    } catch {
      continue;
    }
  }
  throw new Error(`${program} is not there; add its folder to \`path\` in the runner file.`);
}

function refuseUnmodelled() {
  const asked = UNMODELLED.filter((name) => input(name));
  if (input('activate-environment') === 'true') asked.push('activate-environment');
  if (asked.length) throw new Error(`The stand-in of astral-sh/setup-uv does not model \`${asked[0]}\`; remove it, or give the real action with --actions.`);
}

function choosePython(uv) {
  const wanted = input('python-version');
  if (!wanted) return;
  let chosen = wanted;
  try {
    run(uv, ['python', 'find', '--no-project', '--no-python-downloads', wanted]);
    console.log(`Using Python ${wanted}.`);
  } catch {
    chosen = onPath('python3');
    console.log(`Python ${wanted} is not on this machine; using the runner's ${run(chosen, ['--version'])}.`);
  }
  append('GITHUB_ENV', 'UV_PYTHON', chosen);
  append('GITHUB_OUTPUT', 'python-version', chosen);
}

function main() {
  refuseUnmodelled();
  const uv = onPath('uv');
  const version = run(uv, ['--version']).split(' ')[1];
  const wanted = input('version');
  const differs = /^\d/.test(wanted) && !`${version}.`.startsWith(`${wanted}.`);
  console.log(differs ? `uv ${wanted} was asked for; using the runner's ${version}.` : `Using uv ${version}.`);
  append('GITHUB_OUTPUT', 'uv-version', version);
  append('GITHUB_OUTPUT', 'uv-path', uv);
  append('GITHUB_OUTPUT', 'uvx-path', path.join(path.dirname(uv), 'uvx'));
  append('GITHUB_OUTPUT', 'cache-hit', 'false');
  choosePython(uv);
}

try {
  main();
} catch (error) {
  console.log(`::error::${error.message}`);
  process.exitCode = 1;
}
