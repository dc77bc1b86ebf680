import assert from 'node:assert/strict';
import { PassThrough, Readable, Writable } from 'node:stream';
import test from 'node:test';
import type { Command, Context } from '../../libs/cli/command.ts';
import type { OptionTable } from '../../libs/cli/options.ts';
import { Output } from '../../libs/cli/output.ts';
import { execute } from '../../libs/cli/run-main.ts';
import { InputError, UsageError } from '../../libs/core/errors.ts';

const OPTIONS = {
  bytes: { short: 'b', arity: 'one', placeholder: 'N', number: { min: 0, max: 1e9 }, default: 7, text: '' },
  verbose: { short: 'v', arity: 'none', text: '' },
} as const satisfies OptionTable;

const command = (run: Command<typeof OPTIONS>['run']): Command<typeof OPTIONS> => ({
  name: 'sample',
  summary: 'For tests.',
  options: OPTIONS,
  operands: 'words',
  run,
});

function world(): { context: Context; written: () => string } {
  const stream = new PassThrough();
  const signal = new AbortController().signal;
  const stdout = new Output(stream);
  const context: Context = {
    program: 'sample',
    signal,
    stdin: Readable.from([]),
    stdout,
    env: {},
    warn: () => {},
    info: () => {},
  };
  return { context, written: () => String(stream.read() ?? '') };
}

test('a command gets its typed arguments, and its status is the exit status', async () => {
  const seen: unknown[] = [];
  const sample = command(async ({ bytes, verbose, operands }) => {
    seen.push(bytes, verbose, operands);
    return 3;
  });
  assert.equal(await execute(sample, ['-vb', '12', 'up'], world().context), 3);
  assert.equal(await execute(sample, [], world().context), 3);
  assert.deepEqual(seen, [12, true, ['up'], 7, false, []]);
});

for (const { name, error, status } of [
  { name: 'a failed input', error: new InputError('no such file'), status: 1 },
  { name: 'a wrong word', error: new UsageError('unknown word'), status: 2 },
]) {
  test(`${name} gives exit status ${status}`, async () => {
    assert.equal(
      await execute(
        command(() => Promise.reject(error)),
        [],
        world().context,
      ),
      status,
    );
  });
}

test('a bug is not hidden behind a message', async () => {
  const broken = command(() => Promise.reject(new TypeError('bug')));
  await assert.rejects(execute(broken, [], world().context), TypeError);
});

test('--help and --version answer without running the command', async () => {
  const never = command(() => Promise.reject(new Error('ran')));
  const { context, written } = world();
  assert.equal(await execute(never, ['--help'], context), 0);
  assert.match(written(), /^sample: For tests\.\n\nUsage: sample/);
  assert.equal(await execute(never, ['-v', '--version'], context), 0);
  assert.match(written(), /^sample \(Panoptes\) \d+\.\d+\.\d+\n$/);
});

test('a writer waits for a slow reader, and no longer', async () => {
  const stream = new PassThrough({ highWaterMark: 4 });
  const output = new Output(stream);
  assert.equal(output.write('abc'), undefined);
  const room = output.write('defgh');
  assert.ok(room !== undefined);
  stream.resume();
  await room;
});

test('output that nobody reads any more ends the command quietly', async () => {
  const gone = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
  });
  const { context } = world();
  const stdout = new Output(gone);
  const talkative = command(async (_args, { stdout: to }) => {
    for (;;) {
      await to.write('line\n');
      await new Promise(setImmediate);
    }
  });
  assert.equal(await execute(talkative, [], { ...context, stdout }), 0);
  assert.ok(stdout.closed.aborted);
  await stdout.flush();
});

test('output that cannot be written is a failure', async () => {
  const full = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error('no space left'), { code: 'ENOSPC' })),
  });
  const { context } = world();
  const writes = command(async (_args, { stdout }) => {
    for (let i = 0; i < 10; i++) {
      await stdout.write('line\n');
      await new Promise(setImmediate);
    }
  });
  assert.equal(await execute(writes, [], { ...context, stdout: new Output(full) }), 1);
});
