'use strict';
const { execFileSync } = require('node:child_process');

const { STATE_folder: folder, STATE_key: key } = process.env;
if (folder) {
  try {
    execFileSync('git', ['-C', folder, 'config', '--local', '--unset-all', key], { stdio: 'inherit' });
  } catch (error) {
    console.log(`::warning::The credential of ${folder} could not be removed: ${error.message}`);
  }
}
