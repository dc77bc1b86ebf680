import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { argus } from '../../apps/argus/command.ts';
import { argusConfigurationDocument } from '../../apps/argus/config-document.ts';
import { ARGUS_CONFIGURATION } from '../../apps/argus/configuration.ts';
import { ARGUS_OPTIONS } from '../../apps/argus/options.ts';
import { ARGUS_VARIABLES } from '../../apps/argus/variables.ts';
import { splitArguments } from '../../libs/cli/argv.ts';
import { parseConfiguration } from '../../libs/cli/configuration/config-file.ts';
import { readVariable } from '../../libs/cli/configuration/config-variables.ts';
import { writtenToken } from '../../libs/cli/configuration/configuration-listing.ts';
import { configure } from '../../libs/cli/configuration/configuration.ts';
import { parseOptions } from '../../libs/cli/parse.ts';
import { InputError, SuiteError, UsageError } from '../../libs/core/errors.ts';

const ROOT = join(import.meta.dirname, '../../..');
let folder = '';
before(() => (folder = mkdtempSync(join(tmpdir(), 'argus-conf-'))));
after(() => rmSync(folder, { recursive: true }));

/** The command line as it stands after configuration, and what was warned of. Files are named as their content is given. */
async function configured(files: Readonly<Record<string, string>>, line: string): Promise<readonly [string, string[]]> {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const argv = line.split(' ').map((word) => (word.endsWith('.conf') ? join(folder, word) : word));
  const given = splitArguments(argv.filter((word) => word !== ''), argus.options, argus.operands); // prettier-ignore
  const warnings: string[] = [];
  const { tokens, operands } = await configure(
    given,
    { ...ARGUS_CONFIGURATION, defaultFile: join(folder, 'default.conf') },
    (text) => warnings.push(text),
  );
  await parseOptions(tokens, argus.options); // what files give is never refused later
  rmSync(join(folder, 'default.conf'), { force: true });
  const shown = tokens.filter((token) => !token.startsWith('--config') && token !== '--no-config').map(writtenToken);
  return [[...shown, ...(operands.length === 0 ? [] : ['-', ...operands])].join(' '), warnings];
}

const MEANINGS: readonly (readonly [text: string, meaning: string])[] = [
  ['ARGUS_MONITOR_ID=`hostname`', `--source ${hostname()}`],
  ['ARGUS_MONITOR_ID="r1"', '--source r1'],
  ['ARGUS_INTERFACE=eth0\nARGUS_INTERFACE=dup:[bond:eth1,eth2],eth3/3', "--interface eth0 --interface 'dup:[bond:eth1,eth2],eth3/3'"],
  ['ARGUS_INTERFACE=ind:en0/"r1",en2/19', "--interface 'ind:en0/\"r1\",en2/19'"],
  ['ARGUS_INTERFACE=eth0 eth1', '--interface eth0 eth1'],
  ['ARGUS_GO_PROMISCUOUS=no', '--no-promiscuous'],
  ['ARGUS_GO_PROMISCUOUS=yes', ''],
  ['ARGUS_FILTER="ip and not port 22"', '- ip and not port 22'],
  ['ARGUS_FILTER=ip and not port 22 # ssh', '- ip and not port 22'],
  ['ARGUS_FILTER=""', ''],
  ['ARGUS_PCAP_BUF_SIZE=1G', '--ring 1024'],
  ['ARGUS_PCAP_BUF_SIZE=1500K', '--ring 2'],
  ['ARGUS_OUTPUT_FILE=/a/b\nARGUS_OUTPUT_FILE=/c\nARGUS_OUTPUT_STREAM=/d', '--write /a/b --write /c --write /d'],
  ['ARGUS_OUTPUT_FILE=/a "tcp and port 80"', "--write /a 'tcp and port 80'"],
  ['ARGUS_OUTPUT_FILE="/a tcp or udp"\nARGUS_OUTPUT_STREAM="/b \'icmp\'"', "--write /a 'tcp or udp' --write /b icmp"],
  ['ARGUS_MAR_STATUS_INTERVAL=60', '--management 60'],
  ['ARGUS_ACCESS_PORT=561\nARGUS_BIND_IP="127.0.0.1,::1"', '--port 561 --bind 127.0.0.1,::1'],
  ['ARGUS_FLOW_STATUS_INTERVAL=0.5', '--status 0.5'],
  ['ARGUS_TCP_TIMEOUT=120\nARGUS_TCP_TIMEOUT=240', '--tcp-timeout 240'],
  ['ARGUS_GENERATE_RESPONSE_TIME_DATA=YES', '--response'],
  ['ARGUS_DAEMON=no', ''],
  ['ARGUS_DAEMON=yes\nARGUS_SET_PID=yes', '--daemon --pid-file /var/run/argus.pid'],
  ['ARGUS_DAEMON=yes\nARGUS_SET_PID=yes\nARGUS_PID_PATH=/run/x', '--daemon --pid-file /run/x/argus.pid'],
  ['ARGUS_DAEMON=yes\nARGUS_SET_PID=no\nARGUS_PID_PATH=/run/x', '--daemon'],
  ['ARGUS_SET_PID=yes', ''],
  ['ARGUS_KEEP_HOURS=0.5\nARGUS_STATE_DIR=/s', '--keep 0.5 --state /s'],
  ['ARGUS_METRICS=0.0.0.0:9561\nARGUS_LOG=json', '--metrics 0.0.0.0:9561 --log json'],
  ['ARGUS_SETUSER_ID=nobody\nARGUS_SETGROUP_ID=12\nARGUS_CHROOT_DIR=/var/empty', '--chroot /var/empty --user nobody --group 12'],
  ['ARGUS_FLOW_TYPE="Bidirectional"\nARGUS_FLOW_KEY="CLASSIC_5_TUPLE"\nARGUS_MIN_SSF=0\nARGUS_KEYSTROKE=no', ''],
]; // prettier-ignore

for (const [text, meaning] of MEANINGS) {
  test(`argus.conf: ${text.replaceAll('\n', ', ')}`, async () => {
    const [said, warnings] = await configured({ 'a.conf': text }, '-F a.conf');
    const sorted = (options: string): string[] => options.split(/ (?=--?)/).sort();
    assert.deepEqual([sorted(said), warnings], [sorted(meaning), []]);
  });
}

const REFUSED: readonly (readonly [text: string, says: RegExp])[] = [
  ['ARGUS_INTRFACE=eth0', /a\.conf:1: unknown variable 'ARGUS_INTRFACE'\n {2}ARGUS_INTRFACE=eth0\n {2}\^\n {2}Did you mean 'ARGUS_INTERFACE'\?/],
  ['argus_daemon=yes', /unknown variable/],
  ['ARGUS_ACCESS_PORT=70000', /between 0 and 65535, not 70000\n.*\n {20}\^/],
  ['ARGUS_ACCESS_PORT=http', /needs a whole number/],
  ['ARGUS_METRICS=nine', /no port/],
  ['ARGUS_LOG=jsn', /no form 'jsn'/],
  ['ARGUS_DAEMON=maybe', /needs yes or no, not 'maybe'/],
  ['ARGUS_INTERFACE=bond:', /name of an interface is missing/],
  ['ARGUS_MONITOR_ID=`reboot`', /no program is run/],
  ['ARGUS_MONITOR_ID="a b"', /no source id/],
  ['ARGUS_PCAP_BUF_SIZE=big', /needs a size/],
  ['ARGUS_PCAP_BUF_SIZE=9000G', /between/],
  ['ARGUS_FLOW_KEY=LAYER_2', /can only be CLASSIC_5_TUPLE/],
  ['ARGUS_FLOW_TYPE=Unidirectional', /can only be Bidirectional/],
  ['ARGUS_MIN_SSF=40', /can only be 0, not '40'/],
  ['ARGUS_PACKET_CAPTURE_FILE=/tmp/p', /keeps no packets/],
  ['ARGUS_OUTPUT_STREAM=argus-udp://h:1 \'tcp\'', /records are not sent/],
  ['ARGUS_OUTPUT_FILE=/a "tpc"', /filter: 'tpc' is not a test\n.*\n {24}\^/],
  ['ARGUS_DAEMON =yes', /no blanks/],
  ['ARGUS_FOO=1\nARGUS_DAEMON=1', /a\.conf:1: [^]*a\.conf:2: /],
]; // prettier-ignore

for (const [text, says] of REFUSED) {
  test(`argus.conf refuses: ${text}`, () =>
    assert.rejects(configured({ 'a.conf': text }, '-F a.conf'), (error: unknown) => {
      assert.ok(error instanceof UsageError);
      assert.match(`${error.message}\n${error.hint}`, says);
      return true;
    }));
}

test('variables of Argus that do nothing here are warned of when they ask for something', async () => {
  const [said, warnings] = await configured({ 'a.conf': 'ARGUS_KEYSTROKE=yes\nARGUS_ENV="A=b"' }, '-F a.conf');
  assert.equal(said, '');
  assert.match(warnings.join('\n'), /a\.conf:1: ARGUS_KEYSTROKE does nothing: .*\n.*a\.conf:2: ARGUS_ENV does nothing/);
});

const D = { 'default.conf': 'ARGUS_FLOW_STATUS_INTERVAL=1\nARGUS_INTERFACE=d0\nARGUS_OUTPUT_FILE=/d\nARGUS_FILTER=ip' };
const PRECEDENCE: readonly (readonly [files: Readonly<Record<string, string>>, line: string, expected: string])[] = [
  [D, '', '--status 1 --interface d0 --write /d - ip'],
  [D, '-S 9 -i e0 -w /e - tcp', '--status 9 --interface e0 --write /e - tcp'],
  [D, '-X -S 9', '--status 9'],
  [{ ...D, 'a.conf': 'ARGUS_INTERFACE=a0\nARGUS_DAEMON=yes' }, '-F a.conf', '--status 1 --interface a0 --daemon --write /d - ip'],
  [{ ...D, 'a.conf': 'ARGUS_INTERFACE=a0' }, '-X -F a.conf', '--interface a0'],
  [{ ...D, 'a.conf': 'ARGUS_INTERFACE=a0' }, '-F a.conf -X', ''],
  [{ 'a.conf': 'ARGUS_TCP_TIMEOUT=1', 'b.conf': 'ARGUS_IP_TIMEOUT=2' }, '-F a.conf -X -F b.conf', '--ip-timeout 2'],
  [{ 'a.conf': 'ARGUS_FLOW_STATUS_INTERVAL=1', 'b.conf': 'ARGUS_FLOW_STATUS_INTERVAL=2' }, '-F a.conf -F b.conf', '--status 2'],
  [{ ...D, 'a.conf': 'ARGUS_DAEMON=yes\nARGUS_ACCESS_PORT=561\nARGUS_GENERATE_MAC_DATA=yes' }, '-F a.conf -r x', '--status 1 --macs --read x - ip'],
  [{ 'a.conf': 'ARGUS_PID_PATH=/run' }, '-d -F a.conf', '--daemon --pid-file /run/argus.pid'],
  [{ 'a.conf': 'ARGUS_PID_PATH=/run\nARGUS_INTERFACE=e0' }, '-d -F a.conf', '--daemon --interface e0 --pid-file /run/argus.e0.0.pid'],
  [{ 'a.conf': 'ARGUS_PID_PATH=/run\nARGUS_INTERFACE=e0' }, '-d -i bond:e1,e2 -F a.conf', '--daemon --interface bond:e1,e2 --pid-file /run/argus.bond:e1-e2.0.pid'],
  [{ 'a.conf': 'ARGUS_PID_PATH=/run' }, '-d -F a.conf --pid-file /x', '--daemon --pid-file /x'],
]; // prettier-ignore

for (const [files, line, expected] of PRECEDENCE) {
  test(`which settings win: ${Object.keys(files).join(' ')}: argus ${line}`, async () => {
    const [said] = await configured(files, line);
    assert.deepEqual(said.split(/ (?=--? ?)/).sort(), expected.split(/ (?=--? ?)/).sort());
  });
}

test('a file that is named must be there; that of the system need not', async () => {
  await assert.rejects(configured({}, '-F none.conf'), InputError);
  assert.deepEqual(await configured({}, ''), ['', []]);
});

test('whatever value a variable has, it is read, refused, or warned of', () =>
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.keys(ARGUS_VARIABLES)),
      fc.oneof(fc.string(), fc.constantFrom('yes', 'no', '0', '-1', '1e9', '99999999999K', '[[[', 'dup:', '`', '\0')),
      (name, value) => {
        const { assignments } = parseConfiguration(`${name}=${value}`, 'f');
        for (const assignment of assignments) {
          try {
            const { tokens } = readVariable(assignment, ARGUS_VARIABLES, ARGUS_OPTIONS, 'host');
            for (const token of tokens) assert.match(token, /^--[a-z-]+(=|$)/);
          } catch (error) {
            assert.ok(error instanceof SuiteError);
          }
        }
      },
    ),
    { seed: 13, numRuns: 2000 },
  ));

const REAL = '/etc/argus.conf';
test(
  "Argus's own file as Debian has it is understood",
  { skip: existsSync(REAL) ? false : 'no Argus is installed' },
  async () => {
    const [said] = await configured({ 'a.conf': readFileSync(REAL, 'utf8') }, '-F a.conf');
    assert.match(said, /--status 5/);
  },
);

test('docs/argus-conf.md is what the table of variables says', () =>
  assert.equal(readFileSync(join(ROOT, 'docs/argus-conf.md'), 'utf8'), argusConfigurationDocument()));

test('the example has every setting, and each of its lines is understood', async () => {
  const example = readFileSync(join(ROOT, 'deploy/argus.conf'), 'utf8');
  assert.deepEqual(parseConfiguration(example, 'example').assignments, []);
  const text = example.replaceAll('#ARGUS_', 'ARGUS_');
  const [, warnings] = await configured({ 'a.conf': text }, '-F a.conf');
  assert.deepEqual(warnings, []);
  const named = new Set(parseConfiguration(text, 'example').assignments.map(({ name }) => name));
  const settings = Object.entries(ARGUS_VARIABLES).flatMap(([name, variable]) => ('form' in variable ? [name] : []));
  assert.deepEqual(settings.filter((name) => !named.has(name)), []); // prettier-ignore
});
