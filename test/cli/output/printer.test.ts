import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import test from 'node:test';
import { RA_OPTIONS } from '../../../apps/ra/options.ts';
import { parseModes } from '../../../libs/cli/modes.ts';
import { Output } from '../../../libs/cli/output.ts';
import { parseOptions } from '../../../libs/cli/parse.ts';
import { planPrinting, type PrintPlan } from '../../../libs/cli/output/printer.ts';
import { UsageError } from '../../../libs/core/errors.ts';
import { recordBatch } from '../../support/records.ts';

type Env = Readonly<Record<string, string>>;

async function plan(tokens: readonly string[], isTTY = false, env: Env = {}): Promise<PrintPlan> {
  const args = await parseOptions(tokens, RA_OPTIONS);
  const stdout = new Output(Object.assign(new PassThrough(), { isTTY }));
  return planPrinting(args, parseModes(args.mode), { stdout, env });
}

const COLORS: readonly { when?: string; isTTY: boolean; env?: Env; colored: boolean }[] = [
  { isTTY: true, colored: true },
  { isTTY: false, colored: false },
  { isTTY: true, env: { NO_COLOR: '1' }, colored: false },
  { isTTY: true, env: { NO_COLOR: '' }, colored: true },
  { isTTY: true, env: { TERM: 'dumb' }, colored: false },
  { when: 'auto', isTTY: true, env: { TERM: 'xterm' }, colored: true },
  { when: 'always', isTTY: false, env: { NO_COLOR: '1' }, colored: true },
  { when: 'never', isTTY: true, colored: false },
];
for (const { when, isTTY, env, colored } of COLORS) {
  const name = `${isTTY ? 'a terminal' : 'a pipe'}, --color ${when ?? 'not given'}, ${JSON.stringify(env ?? {})}`;
  test(`colours: ${name}`, async () => {
    const { printer, color } = await plan(when === undefined ? [] : [`--color=${when}`], isTTY, env);
    assert.equal(color, colored);
    assert.equal(printer.header().includes('\u001b'), colored);
  });
}

test('colours are for columns alone', async () => {
  const { printer } = await plan(['--color=always', '--delimiter=,'], true);
  assert.ok(!printer.header().includes('\u001b'));
});

test('what cannot be is refused', async () => {
  for (const tokens of [['--color=red'], ['--percent', '--mode=json'], ['--percent', '--mode=xml'], ['--flags=x']])
    await assert.rejects(plan(tokens), UsageError, tokens.join(' '));
});

test('abbreviated numbers have as many decimals as -p says, else three', async () => {
  for (const [tokens, text] of [
    [[], '2.634K'],
    [['--precision=1'], '2.6K'],
    [['--precision=0'], '3K'],
  ] as const) {
    const { printer } = await plan(['--abbreviate', '--fields=sbytes', '--delimiter=,', ...tokens]);
    assert.equal(printer.rows(recordBatch([{ sbytes: 2634 }]), undefined, 1), `${text}\n`);
  }
});
