import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { splitArguments } from '../../libs/cli/argv.ts';
import { UsageError } from '../../libs/core/errors.ts';
import type { OptionTable } from '../../libs/cli/options.ts';
import { parseOptions } from '../../libs/cli/parse.ts';

const RA = {
  read: { short: 'r', arity: 'greedy', placeholder: 'FILE', text: '' },
  recurse: { short: 'R', arity: 'greedy', placeholder: 'DIR', text: '' },
  server: { short: 'S', arity: 'each', placeholder: 'HOST', text: '' },
  write: { short: 'w', arity: 'each', placeholder: 'FILE', text: '' },
  fields: { short: 's', arity: 'greedy', placeholder: 'FIELD', text: '' },
  mode: { short: 'M', arity: 'greedy', placeholder: 'MODE', text: '' },
  keys: { short: 'm', arity: 'greedy', placeholder: 'KEY', text: '' },
  input: { short: 'i', arity: 'lists', placeholder: 'INTERFACE', text: '' },
  output: { short: 'o', arity: 'lists', wordsMax: 2, placeholder: 'FILE', text: '' },
  bind: { short: 'B', arity: 'one', placeholder: 'ADDRESS', text: '' },
  port: { short: 'P', arity: 'one', placeholder: 'PORT', text: '', number: { min: 0, max: 65535, integer: true } },
  delimiter: { short: 'c', arity: 'one', placeholder: 'CHARACTER', text: '' },
  lines: { short: 'L', arity: 'one', placeholder: 'N', text: '', number: { min: -1, max: 1e9, integer: true } },
  numeric: { short: 'n', arity: 'count', text: '' },
  unix: { short: 'u', arity: 'none', text: '' },
  quiet: { short: 'q', arity: 'none', text: '', conflicts: ['lines'] },
  reset: { short: 'X', arity: 'none', text: '' },
} as const satisfies OptionTable;

async function parse(line: readonly string[], operands: 'filter' | 'words' | undefined = 'filter') {
  const split = splitArguments(line, RA, operands);
  const parsed = await parseOptions(split.tokens, RA);
  const given = Object.entries(parsed).filter(
    ([, value]) => !(value === undefined || value === false || value === 0 || (Array.isArray(value) && !value.length)),
  );
  return { ...Object.fromEntries(given), ...(split.operands.length > 0 && { filter: split.operands.join(' ') }) };
}

const LINES: readonly { line: string; means: Record<string, unknown> }[] = [
  { line: '', means: {} },
  { line: '-r file', means: { read: ['file'] } },
  { line: '-rfile', means: { read: ['file'] } },
  { line: '-r a b c -n - tcp', means: { read: ['a', 'b', 'c'], numeric: 1, filter: 'tcp' } },
  { line: '-r a -r b', means: { read: ['a', 'b'] } },
  { line: '-r - - tcp', means: { read: ['-'], filter: 'tcp' } },
  { line: '-r - -w -', means: { read: ['-'], write: ['-'] } },
  { line: '-nnr file', means: { numeric: 2, read: ['file'] } },
  { line: '-nnn -n', means: { numeric: 4 } },
  {
    line: '-X -nur file - host 1.2.3.4',
    means: { reset: true, numeric: 1, unix: true, read: ['file'], filter: 'host 1.2.3.4' },
  },
  { line: '-r f -s -saddr', means: { read: ['f'], fields: ['-saddr'] } },
  { line: '-r f -s -saddr -s +1dur,proto', means: { read: ['f'], fields: ['-saddr', '+1dur,proto'] } },
  { line: '-r f -s stime saddr:20 -n', means: { read: ['f'], fields: ['stime', 'saddr:20'], numeric: 1 } },
  { line: '-c , -L -1', means: { delimiter: ',', lines: -1 } },
  { line: '-c, -L0', means: { delimiter: ',', lines: undefined } },
  { line: '-c - -L-1', means: { delimiter: '-', lines: -1 } },
  {
    line: '-S 10.20.1.2:3999 -S 10.20.1.3:3999 -B 127.0.0.1 -P 4001',
    means: { server: ['10.20.1.2:3999', '10.20.1.3:3999'], bind: '127.0.0.1', port: 4001 },
  },
  { line: '-B 10.0.0.1 -B 10.0.0.2', means: { bind: '10.0.0.2' } },
  {
    line: '-S localhost:4001 -M time 10m -w /var/log/argus/%Y-%m-%d/argus.%H.%M.%S',
    means: { server: ['localhost:4001'], mode: ['time', '10m'], write: ['/var/log/argus/%Y-%m-%d/argus.%H.%M.%S'] },
  },
  {
    line: '-R /var/log/argus/4/ -w /var/log/argus-4.log - tcp',
    means: { recurse: ['/var/log/argus/4/'], write: ['/var/log/argus-4.log'], filter: 'tcp' },
  },
  {
    line: '-r f -M hard time 10s -m proto -s stime dur - tcp',
    means: { read: ['f'], mode: ['hard', 'time', '10s'], keys: ['proto'], fields: ['stime', 'dur'], filter: 'tcp' },
  },
  { line: '-i a b -i c - tcp', means: { input: [['a', 'b'], ['c']], filter: 'tcp' } },
  { line: '-o f tcp udp port 53', means: { output: [['f', 'tcp']], filter: 'udp port 53' } },
  { line: '-o - -o f - tcp', means: { output: [['-'], ['f']], filter: 'tcp' } },
  { line: '-w a -w b tcp and port 80', means: { write: ['a', 'b'], filter: 'tcp and port 80' } },
  {
    line: '-n tcp and dst host 192.168.5.1 and dst port 888',
    means: { numeric: 1, filter: 'tcp and dst host 192.168.5.1 and dst port 888' },
  },
  { line: '-n -- not -x', means: { numeric: 1, filter: 'not -x' } },
  { line: '-r f -', means: { read: ['f'] } },
  {
    line: '--read a b --numeric --lines=-1 --write - -- udp',
    means: { read: ['a', 'b'], numeric: 1, lines: -1, write: ['-'], filter: 'udp' },
  },
  { line: '--read=a b --delimiter==', means: { read: ['a', 'b'], delimiter: '=' } },
];
for (const { line, means } of LINES) {
  test(`command line: ${line === '' ? '(empty)' : line}`, async () => {
    const wanted = Object.fromEntries(Object.entries(means).filter(([, value]) => value !== undefined));
    assert.deepEqual(await parse(line === '' ? [] : line.split(' ')), wanted);
  });
}

const WRONG: readonly { line: string; says: RegExp; operands?: 'words' }[] = [
  { line: '-r f -k', says: /unknown option '-k'/ },
  { line: '-nN 5', says: /unknown option '-N'.*\n?.*'-n'/s },
  { line: '--raed f', says: /unknown option '--raed'.*'--read'/s },
  { line: '-s +dur -flgs', says: /unknown option '-f'.*write -s -flgs/s },
  { line: '-y', says: /unknown option '-y'.*See --help/s },
  { line: '-C 2055', says: /unknown option '-C'.*NetFlow/s },
  { line: '--constructor', says: /unknown option '--constructor'/ },
  { line: '-r', says: /'-r' needs a value: -r FILE/ },
  { line: '-r  -n', says: /'--read' needs a value that is not empty/ },
  { line: '-r ', says: /'--read' needs a value that is not empty/ },
  { line: '-nc', says: /'-c' needs a value/ },
  { line: '--port', says: /'--port' needs a value: --port PORT/ },
  { line: '--unix=1', says: /'--unix' takes no value/ },
  { line: '-P http', says: /'--port' needs a whole number, not 'http'/ },
  { line: '-P 1.5', says: /'--port' needs a whole number, not '1.5'/ },
  { line: '-P 70000', says: /between 0 and 65535, not 70000/ },
  { line: '-P 0x10', says: /not '0x10'/ },
  { line: '-P=', says: /not '='/ },
  { line: '-q -L 1', says: /--quiet and --lines exclude each other/ },
];
for (const { line, says } of WRONG) {
  test(`refused: ${line}`, async () => {
    await assert.rejects(parse(line.split(' ')), (error) => {
      assert.ok(error instanceof UsageError && error.exitStatus === 2);
      assert.match(`${error.message}\n${error.hint}`, says);
      return true;
    });
  });
}

test('options may stand between the words of a command that takes words', async () => {
  assert.deepEqual(await parse(['up', '-n', 'now'], 'words'), { numeric: 1, filter: 'up now' });
});

test('a word that nothing takes is refused', async () => {
  assert.throws(() => splitArguments(['-n', 'up'], RA, undefined), /unexpected word 'up'/);
});

test('--help and --version are seen wherever an option may stand', () => {
  assert.equal(splitArguments(['-n', '--help'], RA, 'filter').general, 'help');
  assert.equal(splitArguments(['-nh'], RA, 'filter').general, 'help');
  assert.equal(splitArguments(['--version', '--help'], RA, 'filter').general, 'version');
  assert.equal(splitArguments(['-', '--help'], RA, 'filter').general, undefined);
});

test('quotes that are part of a value stay there', async () => {
  for (const value of ['"GET"', "'x'", "''", '"', '""', "'a\nb'", '"half']) {
    const { tokens } = splitArguments(['--bind', value, '-w', value, '-r', value], RA, 'filter');
    const { bind, write, read } = await parseOptions(tokens, RA);
    assert.deepEqual([bind, write, read], [value, [value], [value]]);
  }
});

test('every value reaches the command as it was given', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1 }),
      fc.string(),
      async (files, bind) => {
        const line = [...files.flatMap((file) => ['-w', file]), '--bind', bind];
        const { tokens } = splitArguments(line, RA, 'filter');
        const parsed = await parseOptions(tokens, RA);
        assert.deepEqual(parsed.write, files);
        assert.equal(parsed.bind, bind);
      },
    ),
    { seed: 1, numRuns: 100 },
  ));
