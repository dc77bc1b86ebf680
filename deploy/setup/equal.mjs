/*
 * In place of the module `assert` of Node, of which yargs compares its arguments with two functions: it loads more than all the rest of
 * yargs.
 */

export function strictEqual(actual, expected) {
  if (!Object.is(actual, expected)) throw new Error(`${String(actual)} is not ${String(expected)}`);
}

export function notStrictEqual(actual, expected) {
  if (Object.is(actual, expected)) throw new Error(`${String(actual)} is not to be`);
}
