'use strict';
// Runs a command, and keeps the code that V8 compiled for it, beside what was kept before.
// Arguments: the folder of the bundle, the name of the command, its own arguments.
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');

const [, , folder, command, ...words] = process.argv;
const { codeFile, load } = require(join(folder, 'start.js'));
process.argv = [process.execPath, command, ...words];
const { script, entries } = load(command);
process.on('exit', () => writeFileSync(codeFile(command), script.createCachedData()));
void entries[command]();
