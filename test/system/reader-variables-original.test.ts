import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import type { RA_VARIABLES } from '../../libs/cli/configuration/reader-variables.ts';
import { runHere } from '../support/run-here.ts';

/*
 * Variables of `.rarc` one by one, in the values that they can have, with the original `ra` beside ours. What the original does not
 * do although its manual says so is in docs/differences.md, and left out here.
 */

const FOLDER = join(import.meta.dirname, '../../../test/interop/argus3/argus3');
const FILES = [
  '01-tcp-close-full',
  '03-tcp-halfopen',
  '06-udp-dns-full',
  '19-S5',
  '20-bulk-full',
  '21-reverse-first',
].map((name) => join(FOLDER, `${name}.arg`));
const folder = mkdtempSync(join(tmpdir(), 'variables-original-'));
after(() => rmSync(folder, { recursive: true }));

/** Values of a variable, and what stands on the command line beside them. */
const SAME: readonly (readonly [variable: keyof typeof RA_VARIABLES, values: readonly string[], words?: string])[] = [
  ['RA_PRINT_LABELS', ['0', '-1', '5', '""'], '- tcp or udp'],
  ['RA_FIELD_SPECIFIER', ['"stime dur saddr"', '"stime,dur:14,saddr"', '"+dur -flgs"', '""'], '- tcp or udp'],
  ['RA_FIELD_DELIMITER', ["','", "''"], '-s stime saddr sport bytes - tcp or udp'],
  ['RA_FIELD_WIDTH', ['fixed', 'variable', '""'], '-L -1 - tcp or udp'],
  ['RA_SEPARATE_ADDR_FROM_PORT_WITH_PERIOD', ['yes', 'no', '""'], '- tcp or udp'],
  ['RA_PORT_DIRECTION', ['services', 'wellknown', 'registered', '"services,wellknown"', '"services,wellknown,registered"', '""'], '- tcp or udp'], // prettier-ignore
  ['RA_PORT_DIRECTION', ['services'], '- dst port 443 and tcp'],
  ['RA_PRINT_NAMES', ['none', 'proto', 'port', 'None'], '- tcp or udp'],
  ['RA_PRINT_UNIX_TIME', ['yes', 'no', '""'], '- tcp or udp'],
  ['RA_USEC_PRECISION', ['0', '3', '6', '""'], '- tcp or udp'],
  ['RA_TZ', ['PST8PDT', 'Europe/Berlin'], '- tcp or udp'],
  ['RA_PRINT_TCPSTATES', ['yes', 'no'], '- tcp port 22'],
  ['RA_USERDATA_ENCODE', ['Ascii'], '-s suser duser - udp'],
  ['RA_FILTER', ['"udp"', '"udp and port 53"', '""'], '-n -s saddr sport'],
  ['RA_PRINT_MAN_RECORDS', ['no', '""'], '- tcp or udp'],
  ['RA_PRINT_EVENT_RECORDS', ['no', '""'], '- tcp or udp'],
  ['RA_CIDR_ADDRESS_FORMAT', ['no', 'yes', 'strict', '""'], '- tcp or udp'],
  ['RA_ASN_PRINT_FORMAT', ['asplain'], '- tcp or udp'],
  ['RA_PRINT_DOMAINONLY', ['no'], '- tcp or udp'],
  ['RA_PRINT_LOCALONLY', ['no'], '- tcp or udp'],
  ['RA_PRINT_RESPONSE_DATA', ['no'], '- tcp or udp'],
  ['RA_FILTER_TIMEOUT', ['1.5', '5'], '- tcp or udp'],
];

const skip = spawnSync('ra', ['-h']).error === undefined ? false : 'the original ra is not installed';

for (const [variable, values, line = ''] of SAME) {
  test(`${variable} does what it does in the original ra${line === '' ? '' : `, with ${line}`}`, { skip }, async () => {
    for (const value of values) {
      const path = join(folder, 'rarc');
      writeFileSync(path, `${variable}=${value}\n`);
      const [options = '', filter] = line.split(/(?:^| )- /);
      const asked = filter === undefined ? [] : ['-', filter];
      const words = ['-X', '-F', path, '-r', ...FILES, ...options.split(' ').filter(Boolean), ...asked];
      const theirs = spawnSync('ra', words, { encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } });
      const ours = await runHere('ra', words);
      assert.deepEqual([ours.status, ours.stderr], [0, ''], value);
      assert.notEqual(theirs.stdout, '', value);
      assert.equal(ours.stdout.replaceAll(/ +$/gm, ''), theirs.stdout.replaceAll(/ +$/gm, ''), value);
    }
  });
}
