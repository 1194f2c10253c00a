'use strict';
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');

const UNMODELLED = ['node-version-file', 'architecture', 'registry-url', 'scope', 'mirror', 'mirror-token'];
const input = (name) => (process.env[`INPUT_${name.toUpperCase()}`] || '').trim();
const output = (name, value) => fs.appendFileSync(process.env.GITHUB_OUTPUT, `${name}=${value}\n`);

function version(program) {
  try {
    return execFileSync(program, ['--version'], { encoding: 'utf8' }).trim();
  } catch (error) {
    throw new Error(`${program} does not run (${error.code || error.message}); add its folder to \`path\` in the runner file.`);
  }
}

function main() {
  for (const name of UNMODELLED) {
    if (input(name)) throw new Error(`The stand-in of actions/setup-node does not model \`${name}\`; remove it, or give the real action with --actions.`);
  }
  const node = version('node');
  const wanted = input('node-version').replace(/^v/, '').replace(/\.x$/, '');
  const same = !wanted || `${node}.`.startsWith(`v${wanted}.`);
  console.log(same ? `Using the runner's Node.js ${node}.` : `Node.js ${wanted} was asked for; using the runner's ${node}.`);
  console.log(`npm ${version('npm')}`);
  output('node-version', node);
  output('cache-hit', 'false');
}

try {
  main();
} catch (error) {
  console.log(`::error::${error.message}`);
  process.exitCode = 1;
}
