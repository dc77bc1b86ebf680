import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { ra } from '../../../apps/ra/command.ts';
import { racount } from '../../../apps/racount/command.ts';
import { rasort } from '../../../apps/rasort/command.ts';
import { splitArguments } from '../../../libs/cli/argv.ts';
import type { Command, Context } from '../../../libs/cli/command.ts';
import { readerConfigurationDocument } from '../../../libs/cli/configuration/reader-document.ts';
import { SuiteError } from '../../../libs/core/errors.ts';

let home = '';

before(() => (home = mkdtempSync(join(tmpdir(), 'rarc-'))));
after(() => rmSync(home, { recursive: true, force: true }));

/** The options that a command line comes to beside a `.rarc` of these lines, without those that name files. */
async function configured<T extends Command['options']>(
  command: Command<T>,
  lines: string,
  words: readonly string[],
  env: Context['env'] = {},
): Promise<{ readonly tokens: readonly string[]; readonly operands: readonly string[]; readonly warnings: string[] }> {
  writeFileSync(join(home, '.rarc'), lines);
  const warnings: string[] = [];
  const context = {
    env: { HOME: home, ...env },
    warn: (message: string) => void warnings.push(message),
  } as unknown as Context;
  const given = splitArguments(words, command.options, command.operands);
  const { tokens, operands } = (await command.configure?.(given, context)) ?? given;
  return { tokens: tokens.filter((token) => !token.startsWith('--rc=')), operands, warnings };
}

const CASES: readonly (readonly [name: string, lines: string, words: string, tokens: readonly string[]])[] = [
  ['a switch', 'RA_NO_OUTPUT=yes', '', ['--quiet']],
  ['a value', 'RA_USEC_PRECISION=3', '', ['--precision=3']],
  ['the command line wins over a value', 'RA_USEC_PRECISION=3', '-p 6', ['--precision=6']],
  ['fields between blanks or commas', 'RA_FIELD_SPECIFIER="stime, saddr  daddr:20"', '', ['--fields=stime', '--fields=saddr', '--fields=daddr:20']], // prettier-ignore
  ['fields on the command line replace them', 'RA_FIELD_SPECIFIER="stime"', '-s bytes', ['--fields=bytes']],
  ['fields with signs change them', 'RA_FIELD_SPECIFIER="stime"', '-s +bytes', ['--fields=stime', '--fields=+bytes']],
  ['names', 'RA_PRINT_NAMES=none', '', ['--numeric', '--numeric']],
  ['-n replaces names', 'RA_PRINT_NAMES=none', '-n', ['--numeric']],
  ['modes add up', 'RA_PRINT_MAN_RECORDS=yes', '-M json', ['--mode=man', '--mode=json']],
  ['modes of several variables', 'RA_PRINT_MAN_RECORDS=yes\nRAMON_MODE=yes', '', ['--mode=man', '--mode=rmon']],
  ['how user data prints', 'RA_USERDATA_ENCODE=encode32', '', ['--mode=printer=hex']],
  ['columns as wide as their values', 'RA_FIELD_WIDTH=variable', '', ['--variable-width']],
  ['no points before ports', 'RA_SEPARATE_ADDR_FROM_PORT_WITH_PERIOD=no', '', ['--no-port-point']],
  ['directions by ports', 'RA_PORT_DIRECTION="services,wellknown"', '', ['--port-direction=services,wellknown']],
  ['an empty value, which says nothing', 'RA_FIELD_WIDTH=""\nRA_NO_OUTPUT=\nRA_PRINT_MAN_RECORDS=""', '', []],
  ['no colours', 'RA_COLOR_SUPPORT=no', '', ['--color=never']],
  ['colours, where the command line has none', 'RA_COLOR_SUPPORT=yes', '--color never', ['--color=never']],
  ['a server and its port', 'RA_ARGUS_SERVERPORT=4000\nRA_ARGUS_SERVER=192.0.2.1', '', ['--server=192.0.2.1:4000']],
  [
    'a server with a port of its own',
    'RA_SOURCE_PORT=4000\nRA_ARGUS_SERVER=192.0.2.1:99',
    '',
    ['--server=192.0.2.1:99'],
  ],
  ['a server is left alone when files are read', 'RA_ARGUS_SERVER=192.0.2.1', '-r x', ['--read=x']],
  ['what ra does not do', 'RA_SORT_ALGORITHMS=bytes\nRA_FLOW_MODEL="saddr"', '', []],
  ['-X forgets', 'RA_NO_OUTPUT=yes', '-X', ['--no-config']],
];

for (const [name, lines, words, tokens] of CASES) {
  test(`.rarc: ${name}`, async () =>
    assert.deepEqual((await configured(ra, lines, words.split(' ').filter(Boolean))).tokens, tokens));
}

async function withZoneKept(body: () => Promise<void>): Promise<void> {
  const zone = process.env['TZ'];
  try {
    await body();
  } finally {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  }
}

test('-M TZ= is the time zone', () =>
  withZoneKept(async () => {
    const { tokens } = await configured(ra, '', ['-M', 'json', 'TZ=Asia/Tokyo']);
    assert.deepEqual(tokens, ['--mode=json', '--time-zone=Asia/Tokyo']);
    assert.equal(new Date(0).getHours(), 9);
  }));

test('$TZ may be the file of a zone, and holds no rules, which would be taken for UTC', () =>
  withZoneKept(async () => {
    await configured(ra, '', [], { TZ: ':/usr/share/zoneinfo/Asia/Tokyo' });
    assert.equal(new Date(0).getHours(), 9);
    for (const TZ of ['EST5EDT4,M3.2.0/02,M11.1.0/02', 'CET-1CEST', '<+05>-5']) {
      await assert.rejects(configured(ra, '', [], { TZ }), {
        name: 'UsageError',
        message: `$TZ: '${TZ}' is no time zone`,
      });
      await configured(ra, '', ['--time-zone', 'UTC'], { TZ });
    }
    for (const TZ of ['EST5EDT', 'JST-9', 'Nowhere', '', ':Europe/Berlin']) await configured(ra, '', [], { TZ });
  }));

test('.rarc: each command takes what it knows', async () => {
  const lines = 'RA_SORT_ALGORITHMS="bytes saddr"\nRA_PRINT_MAN_RECORDS=yes\nRA_NO_OUTPUT=yes';
  assert.deepEqual((await configured(rasort, lines, [])).tokens, [
    '--sort=bytes',
    '--sort=saddr',
    '--mode=man',
    '--quiet',
  ]);
  assert.deepEqual((await configured(racount, lines, [])).tokens, []);
});

test('.rarc: a filter counts where the command line has none', async () => {
  assert.deepEqual((await configured(ra, 'RA_FILTER="tcp and port 80"', [])).operands, ['tcp and port 80']);
  assert.deepEqual((await configured(ra, 'RA_FILTER="tcp"', ['-', 'udp'])).operands, ['udp']);
});

test('.rarc: what does nothing is told of with -V', async () => {
  const lines = 'RA_DELEGATED_IP=/usr/argus/delegated\nRA_COLOR_SUPPORT=no';
  assert.deepEqual((await configured(ra, lines, [])).warnings, []);
  const { warnings } = await configured(ra, lines, ['-V']);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? '', /\.rarc:1: RA_DELEGATED_IP does nothing/);
});

const MISTAKES: readonly (readonly [lines: string, said: RegExp])[] = [
  ['\nRA_FILTR=tcp', /\.rarc:2: unknown variable 'RA_FILTR'\n {2}RA_FILTR=tcp\n {2}\^\n {2}Did you mean 'RA_FILTER'\?/],
  ['RA_PRINT_NAMES=some', /:1: RA_PRINT_NAMES needs none, proto, port or all, not 'some'/],
  ['RA_FIELD_SPECIFIER="stime dur foo"', /:1: unknown field 'foo'\n.*\n {32}\^\n/],
  ['RA_FILTER="tcp and prot 80"', /:1: filter: 'prot' is not a test\n.*\n {21}\^\n {2}Did you mean 'port'\?/],
  ['RA_OUTPUT_FILE="x tpc"', /:1: filter: 'tpc' is not a test\n.*\n {20}\^\n/],
  ['RA_TIME_FORMAT="%T %Q"', /:1: it has no conversion '%Q'\n.*\n {21}\^$/],
  ['RA_TIMERANGE="2023/13/01"', /:1: '2023\/13\/01': 13 is no month/],
  ['RA_TZ=Mars/Olympus', /:1: 'Mars\/Olympus' is no time zone/],
  ['RA_NUMBER=9-2', /:1: '9-2' is no range of records/],
  ['RA_PORT_DIRECTION="services,wellknow"', /:1: .*'wellknow'\n.*\n {30}\^\n {2}Did you mean 'wellknown'\?/],
  ['RA_USEC_PRECISION=12', /:1: RA_USEC_PRECISION needs a whole number between 0 and 9, not 12/],
  ['RA_MIN_SSF=40', /:1: RA_MIN_SSF can only be 0, not '40'/],
];

for (const [lines, said] of MISTAKES) {
  test(`.rarc: ${lines.trim()} is a mistake`, () =>
    assert.rejects(configured(ra, lines, []), (error) => {
      assert.ok(error instanceof SuiteError);
      assert.match(error.message, said);
      assert.equal(error.exitStatus, 2);
      return true;
    }));
}

test('--list-fields tells the names in spite of a .rarc with a wrong one', async () =>
  assert.deepEqual((await configured(ra, 'RA_FIELD_SPECIFIER=sprot', ['--list-fields'])).tokens, ['--list-fields']));

test('docs/ra-conf.md is what the table of variables says', () => {
  const page = join(import.meta.dirname, '../../../../docs/ra-conf.md');
  assert.equal(readFileSync(page, 'utf8'), readerConfigurationDocument());
});
