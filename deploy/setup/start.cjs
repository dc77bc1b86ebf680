'use strict';
// Starts a command, or a thread of one. All of them are one script, `suite.js`, which is loaded with the code that V8 compiled
// when the command ran for the first time. Code of another Node, or of other flags, is not taken: V8 compiles anew.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { Script } = require('node:vm');
const { getEnvironmentData, isMainThread, setEnvironmentData } = require('node:worker_threads');

const SUITE = join(__dirname, 'suite.js');

/** Threads do some of what their command does: its compiled code is theirs. */
const COMMAND = 'panoptes command';

/** @param {string} name of a command, or of a module that is started as a thread or a process */
exports.start = function start(name) {
  if (isMainThread) setEnvironmentData(COMMAND, name);
  void exports.load(getEnvironmentData(COMMAND)).entries[name]();
};

/**
 * @param {string} command whose compiled code to use
 * @returns {{ script: Script, entries: Record<string, () => Promise<unknown>> }}
 */
exports.load = function load(command) {
  const script = new Script(readFileSync(SUITE, 'latin1'), { filename: SUITE, cachedData: compiledCode(command) });
  const suite = { exports: {} };
  script.runInThisContext()(suite, require, pathToFileURL(SUITE).href, __dirname);
  return { script, entries: suite.exports.entries };
};

/** @param {string} command */
exports.codeFile = function codeFile(command) {
  return join(__dirname, `${command}.code`);
};

function compiledCode(command) {
  try {
    return readFileSync(exports.codeFile(command));
  } catch {
    return undefined;
  }
}
