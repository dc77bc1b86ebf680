import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { radium } from '../../apps/radium/command.ts';
import { radiumConfigurationDocument } from '../../apps/radium/config-document.ts';
import { RADIUM_CONFIGURATION } from '../../apps/radium/configuration.ts';
import { RADIUM_VARIABLES } from '../../apps/radium/variables.ts';
import { splitArguments } from '../../libs/cli/argv.ts';
import { parseConfiguration } from '../../libs/cli/configuration/config-file.ts';
import type { Variable } from '../../libs/cli/configuration/config-variables.ts';
import { writtenToken } from '../../libs/cli/configuration/configuration-listing.ts';
import { configure } from '../../libs/cli/configuration/configuration.ts';
import { parseOptions } from '../../libs/cli/parse.ts';
import { UsageError } from '../../libs/core/errors.ts';

const ROOT = join(import.meta.dirname, '../../..');
let folder = '';
before(() => (folder = mkdtempSync(join(tmpdir(), 'radium-conf-'))));
after(() => rmSync(folder, { recursive: true }));

interface Configured {
  readonly line: string;
  readonly warnings: readonly string[];
}

/** The command line that a file and one of these words make. */
async function configured(text: string, words: readonly string[] = []): Promise<Configured> {
  const path = join(folder, 'radium.conf');
  writeFileSync(path, text);
  const given = splitArguments(['-F', path, ...words], radium.options, radium.operands);
  const warnings: string[] = [];
  const configuration = { ...RADIUM_CONFIGURATION, defaultFile: join(folder, 'none') };
  const { tokens, operands } = await configure(given, configuration, (said) => warnings.push(said));
  await parseOptions(tokens, radium.options); // what files give is never refused later
  const shown = tokens.filter((token) => !token.startsWith('--config')).map(writtenToken);
  return { line: [...shown, ...(operands.length === 0 ? [] : ['-', ...operands])].join(' '), warnings };
}

const MEANINGS: readonly (readonly [text: string, meaning: string])[] = [
  ['RADIUM_ARGUS_SERVER=localhost:4000\nRADIUM_ARGUS_SERVER=argus://amon:561', '--server localhost:4000 --server argus://amon:561'],
  ['RADIUM_ARGUS_SERVER=10.20.1.2:3999,10.20.1.3:3999', '--server 10.20.1.2:3999,10.20.1.3:3999'],
  ['RADIUM_INPUT_FILE=/a\nRADIUM_INPUT_FILE=/b', '--read /a --read /b'],
  ['RADIUM_MONITOR_ID=`hostname`', `--source ${hostname()}`],
  ['RADIUM_ACCESS_PORT=561\nRADIUM_BIND_IP="127.0.0.1"', '--port 561 --bind 127.0.0.1'],
  ['RADIUM_OUTPUT_FILE=/a "tcp"\nRADIUM_OUTPUT_STREAM=/b', '--write /a tcp --write /b'],
  ['RADIUM_MAR_STATUS_INTERVAL=60', '--management 60'],
  ['RADIUM_FILTER="tcp or man"', '- tcp or man'],
  ['RADIUM_DAEMON=yes\nRADIUM_SET_PID=yes', '--daemon --pid-file /var/run/radium.pid'],
  ['RADIUM_SET_PID=yes', ''],
  ['RADIUM_CHROOT_DIR="/tmp"\nRADIUM_SETUSER_ID=nobody\nRADIUM_SETGROUP_ID=12', '--chroot /tmp --user nobody --group 12'],
  ['RADIUM_METRICS=9562\nRADIUM_LOG=json', '--metrics 9562 --log json'],
  ['RADIUM_CLIENTS=32\nRADIUM_KEEP_HOURS=1\nRADIUM_NAME=hq\nRADIUM_STATE_DIR=/s', '--clients 32 --keep 1 --name hq --state /s'],
  ['RADIUM_MIN_SSF=0\nRADIUM_CORRELATE=no\nRADIUM_USER_AUTH=""', ''],
]; // prettier-ignore

for (const [text, meaning] of MEANINGS)
  test(`radium.conf: ${text.replaceAll('\n', ', ')}`, async () =>
    assert.deepEqual(await configured(text), { line: meaning, warnings: [] }));

const REFUSED: readonly (readonly [text: string, says: RegExp])[] = [
  ['RADIUM_ARGUS_SERVR=h', /radium\.conf:1: unknown variable 'RADIUM_ARGUS_SERVR'[^]*'RADIUM_ARGUS_SERVER'/],
  ['RADIUM_ARGUS_SERVER=cisco://192.168.0.4:9699', /radium\.conf:1: .*'cisco:\/\/'/],
  ['RADIUM_ARGUS_SERVER=a,b:c', /'c' in 'b:c' is no port/],
  ['RADIUM_ACCESS_PORT=70000', /between 0 and 65535/],
  ['RADIUM_OUTPUT_STREAM=argus-udp://224.0.23.40:561', /records are not sent/],
  ['RADIUM_CISCONETFLOW_PORT=9996', /can only be no, not '9996'/],
  ['RADIUM_USER_AUTH="user/auth"', /can only be empty, not 'user.auth'/],
  ['RADIUM_USER_AUTH="user/auth"', /there is no SASL/],
  ['RADIUM_MONITOR_ID="a b"', /no source id/],
  ['RADIUM_METRICS=nine', /no port/],
  ['RADIUM_FILTER="tcp adn udp"', /radium\.conf:1: filter: expected 'and' or 'or' before 'adn'\n.*\n {21}\^/],
  ['RADIUM_OUTPUT_FILE=/a "tpc"', /radium\.conf:1: filter: 'tpc' is not a test\n.*\n {25}\^/],
];

for (const [text, says] of REFUSED)
  test(`radium.conf refuses: ${text}`, () =>
    assert.rejects(configured(text), (error: unknown) => {
      assert.ok(error instanceof UsageError);
      assert.match(`${error.message}\n${error.hint}`, says);
      return true;
    }));

test('the command line wins over the file, and what does nothing is warned of', async () => {
  const text = 'RADIUM_ARGUS_SERVER=a\nRADIUM_ACCESS_PORT=561\nRADIUM_FILTER=tcp\nRADIUM_DEBUG_LEVEL=3\n';
  const { line, warnings } = await configured(text, ['-S', 'b', '-P', '562', '-', 'udp']);
  assert.equal(line, '--server b --port 562 - udp');
  assert.match(warnings.join('\n'), /^.*radium\.conf:4: RADIUM_DEBUG_LEVEL does nothing: /);
});

test('every variable that is a setting sets an option that there is', () => {
  const settings = Object.entries<Variable>(RADIUM_VARIABLES).filter(([, variable]) => 'form' in variable);
  const options = settings.flatMap(([, variable]) => ('option' in variable ? [variable.option] : []));
  assert.deepEqual(options.filter((name) => name === undefined || !Object.hasOwn(radium.options, name)), []); // prettier-ignore
});

const REAL = '/etc/radium.conf';
const skip = existsSync(REAL) ? false : 'no radium is installed';
test("radium's own file as Debian has it is understood", { skip }, async () =>
  assert.deepEqual((await configured(readFileSync(REAL, 'utf8'))).warnings, []),
);

test('docs/radium-conf.md is what the table of variables says', () =>
  assert.equal(readFileSync(join(ROOT, 'docs/radium-conf.md'), 'utf8'), radiumConfigurationDocument()));

test('the example has every setting, and each of its lines is understood', async () => {
  const example = readFileSync(join(ROOT, 'deploy/radium.conf'), 'utf8');
  assert.deepEqual(parseConfiguration(example, 'example').assignments, []);
  const text = example.replaceAll('#RADIUM_', 'RADIUM_');
  const [read, serve] = ['RADIUM_INPUT_FILE', 'RADIUM_ARGUS_SERVER'].map(
    (name) =>
    text.split('\n').filter((line) => !line.startsWith(name)).join('\n'), // prettier-ignore
  );
  for (const half of [read, serve]) assert.deepEqual((await configured(half ?? '')).warnings, []);
  const named = new Set(parseConfiguration(text, 'example').assignments.map(({ name }) => name));
  const settings = Object.entries(RADIUM_VARIABLES).flatMap(([name, variable]) => ('form' in variable ? [name] : []));
  assert.deepEqual(settings.filter((name) => !named.has(name)), []); // prettier-ignore
});
