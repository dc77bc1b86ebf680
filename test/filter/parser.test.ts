import assert from 'node:assert/strict';
import test from 'node:test';
import { SuiteError } from '../../libs/core/errors.ts';
import * as parser from '../../libs/filter/parser.ts';
import type { Node } from '../../libs/filter/ast.ts';

const parseFilter = (text: string): Node => parser.parseFilter(text).node;

const SAME: readonly [text: string, as: string][] = [
  ['tcp dst port 80 or 443', '(tcp dst port 80) or (tcp dst port 443)'],
  ['udp or tcp and port 80', '(udp or tcp) and port 80'],
  ['port 80 and tcp or udp', '(port 80 and tcp) or udp'],
  ['not tcp and udp', '(not tcp) and udp'],
  ['tcp && !udp || arp', '(tcp and (not udp)) or arp'],
  ['10.0.0.1', 'host 10.0.0.1'],
  ['src 10.0.0.1', 'src host 10.0.0.1'],
  ['10.0.0.0/8', 'net 10.0.0.0/8'],
  ['net 192.0.2', 'net 192.0.2.0/24'],
  ['net 192.0.2.0 mask 255.255.255.0', 'net 192.0.2.0/24'],
  ['net 192.0.2.77/24', 'net 192.0.2.0/24'],
  ['src or dst host 10.0.0.1', 'host 10.0.0.1'],
  ['dst or src port 80', 'port 80'],
  ['dst and src port 80', 'src and dst port 80'],
  ['host 10.0.0.1 or 10.0.0.2', 'host 10.0.0.1 or host 10.0.0.2'],
  ['udp src host 10.0.0.1 or 10.0.0.2', 'udp src host 10.0.0.1 or (udp src host 10.0.0.2)'],
  ['src net 10/8 or 02:00:00:00:00:01', 'src net 10/8 or (src host 02:00:00:00:00:01)'],
  ['port 80 or 10.0.0.1', 'port 80 or host 10.0.0.1'],
  ['src port 80 or dst 443', 'src port 80 or dst port 443'],
  ['port (80 or not 443)', 'port 80 or not port 443'],
  ['dst port (gt 80 and lt 90)', 'dst port gt 80 and dst port lt 90'],
  ['port 0x50', 'port 80'],
  ['port http', 'port 80'],
  ['udp port domain', 'udp port 53'],
  ['port = 80', 'port 80'],
  ['proto 50', 'esp'],
  ['ip proto sctp', 'ip and sctp'],
  ['ip', 'ipv4 or ipv6'],
  ['icmp6', 'proto 58'],
  ['ether proto arp', 'arp'],
  ['ether proto 0x0806', 'arp'],
  ['ether host 0:11:22:33:44:55', 'host 00-11-22-33-44-55'],
  ['mar', 'man'],
  ['src pkts gt 9', 'spkts gt 9'],
  ['src or dst pkts gt 9', 'spkts gt 9 or dpkts gt 9'],
  ['src and dst pkts gt 9', 'spkts gt 9 and dpkts gt 9'],
  ['ttl 64', 'sttl eq 64 or dttl eq 64'],
  ['spkts greater 2k', 'spkts > 2000'],
  ['dur gt 10ms', 'dur > 0.01'],
  ['src appbyte 5', 'sappbytes 5'],
  ['portrange 80-443', 'port 80-443'],
  ['port in (80, 443 8080)', 'port in (443,8080,80)'],
  ['port in (80, 81-90, 85-99)', 'port in (80 81-99)'],
  ['port in (80, 80)', 'port 80'],
  ['sport http', 'sport 80'],
  [
    'host in (10.0.0.1, 10.0.0.2)',
    '(src host 10.0.0.1 or src host 10.0.0.2) or (dst host 10.0.0.1 or dst host 10.0.0.2)',
  ],
  ['10.0.0.1-10.0.0.9', 'host 10.0.0.1-10.0.0.9'],
  ['addr 10.0.0.1', 'host 10.0.0.1'],
  ['saddr 10/8', 'src net 10/8'],
  ['saddr = 2001:db8::/32', 'src net 2001:db8::/32'],
  ['encaps vlan', 'encaps 802q'],
  ['src encaps gre', 'src encaps in (gre)'],
  ['vlan 100', 'vid 100'],
  ['vlan in (100, 200)', 'vid in (100 200)'],
  ['mpls 16', 'mid 16'],
  ['mpls gt 16', 'smpls gt 16 or dmpls gt 16'],
  ['ipid 0x10', 'sipid 16 or dipid 16'],
  ['src mss 1460', 'smss = 1460'],
  ['retrans gt 3', 'retrans > 3'],
  ['retrans', 'drop'],
  ['src or dst retrans', 'sretrans gte 1 or dretrans gte 1'],
  ['state rst', 'state eq RST'],
  ['dir "->"', 'dir eq " ->"'],
  ['dsb EF', 'dsb ef'],
  ['user ~ "x"', 'suser matches x or duser ~ x'],
  ['cause timeout', 'timeout'],
  ['start', 'cause = Start'],
  ['src syn', 'sflags & 2'],
  ['ack and src push', '(sflags & 0x10 or dflags & 0x10) and sflags & 8'],
  ['psloss gt 1', 'sploss gt 1'],
  ['link', 'ether'],
  ['stime gte 1970-01-02T00:00:00Z', 'stime >= 86400'],
  ['stime 1970/01/02@UTC', 'stime 86400-172799.999999'],
  ['local tcp', 'tcp'],
  ['src inter gt 10ms', 'sintpkt gt 10'],
  ['avgdur gt 1m', 'mean gt 60'],
];

for (const [text, as] of SAME)
  test(`'${text}' is '${as}'`, () => {
    assert.deepEqual(parseFilter(text), parseFilter(as));
  });

const WRONG: readonly [text: string, at: number, message: RegExp, hint?: RegExp][] = [
  ['tcp prt 80', 4, /expected 'and' or 'or' before 'prt'/, /'port'/],
  ['tcp adn udp', 4, /expected 'and' or 'or' before 'adn'/, /'and'/],
  ['tcp udp', 4, /expected 'and' or 'or' before 'udp'/, /^$/],
  ['hst 10.0.0.1', 0, /'hst' is not a test/, /'host'/],
  ['dur gt 5 sec', 9, /before 'sec'/, /without a blank: 5s/],
  ['bytes gt 10 MB', 12, /before 'MB'/, /without a blank: 10M/],
  ['host 10.0.0.300', 5, /is not an address/, /192\.0\.2\.1/],
  ['net 10.0.0.0/33', 4, /is not a network/, /192\.0\.2\.0\/24/],
  ['stime gt yesterday', 9, /is not a number or a time/, /-10m/],
  ['tpc', 0, /'tpc' is not a test/, /'tcp'/],
  ['tcp and prot 80', 8, /'prot' is not a test/, /'port'/],
  ['tcp port htttp', 9, /'htttp' is not a port/, /'http'/],
  ['tcp adn udp', 4, /expected 'and' or 'or'/, /'and'/],
  ['tcp udp', 4, /expected 'and' or 'or' before 'udp'/],
  ['443', 0, /without a word/, /port 80/],
  ['tcp or 443', 7, /without a word/],
  ['tcp and', 7, /expected a test/],
  ['and tcp', 0, /expected a test before 'and'/],
  ['(tcp', 0, /'\(' without its '\)'/],
  ['tcp)', 3, /'\)' without its '\('/],
  ['()', 1, /expected a test before '\)'/],
  ['port', 4, /expected a port/],
  ['port 65536', 5, /not a port/, /65535/],
  ['port 90-80', 5, /not a range/],
  ['port gt 80-90', 8, /range/],
  ['host example.org', 5, /'example.org' is not an address/, /\/etc\/hosts/],
  ['host 10.0.0.256', 5, /not an address/],
  ['host > 10.0.0.1', 7, /no comparison/],
  ['net 10.0.0.0/33', 4, /not a network/],
  ['net 10.0.0.0 mask 10', 18, /'10' is not a mask/],
  ['ether host 10.0.0.1', 11, /not a MAC address/],
  ['proto 256', 6, /not a protocol/],
  ['proto icpm', 6, /not a protocol/, /'icmp'/],
  ['ether proto 70000', 12, /not an Ethernet type/],
  ['spkts gt', 8, /expected a comparison/],
  ['spkts gt many', 9, /'many' is not a number/],
  ['spkts gt 1ms', 9, /'1ms' is not a number/],
  ['dur gt 1k', 7, /not a number or a time/, /ms/],
  ['src tcprtt gt 1', 4, /'tcprtt' has no direction/],
  ['saddr gt 10.0.0.1', 0, /no such comparison/, /eq, ne, in/],
  ['saddr = 10.0.0.300', 8, /not an address/],
  ['smac = 10.0.0.1', 7, /not a MAC address/],
  ['host 10.0.0.9-10.0.0.1', 5, /not an address/],
  ['host 10.0.0.1-2001:db8::1', 5, /not an address/],
  ['port in 80', 8, /expected '\(' after 'in'/],
  ['port in (80', 8, /'\(' without its '\)'/],
  ['port in ()', 9, /expected a port/],
  ['port in (80 http htttp)', 17, /'htttp' is not a port/, /'http'/],
  ['encaps vxlen', 7, /not an encapsulation/, /'vxlan'/],
  ['state eq RSR', 9, /no value of 'state'/, /'RTA'|'RST'/],
  ['state gt RST', 0, /no such comparison/],
  ['dsb eff', 4, /no value of 'sdsb'/, /'ef'/],
  ['pkts ~ 80', 0, /no such comparison/, /for texts/],
  ['suser ~ "a(b"', 10, /'\(' without its '\)'/],
  ['appname ~ "(?=x)"', 12, /group of a kind/],
  ['label ~ "a**"', 9, /repetition of a repetition/],
  ['label ~ "*"', 9, /nothing before/],
  ['has sprot', 4, /'sprot' is not a field/, /'sport'/],
  ['bytes 10k-1k', 6, /not a range/],
  ['stime gt 2023/13/01', 9, /13 is no month/],
  ['stime gt **.14', 9, /wildcards/],
  ['sflags & 0', 9, /not a set of bits/],
  ['dur & 1', 0, /no bits/],
  ['inbound', 0, /cannot be answered/, /dst net/],
  ['tcp[13] & 2 != 0', 3, /unexpected '\['/, /bytes of packets/],
  ['synack and src synack', 21, /expected a comparison/],
  ['tcp # udp', 4, /unexpected '#'/],
  ['tcp | udp', 4, /unexpected '\|'/, /'\|\|'/],
  ['dir eq foo', 7, /no value of 'dir'/, /"<->"/],
  ['"tcp', 0, /quotation/],
  ['tcp & udp', 4, /unexpected '&'/, /'&&'/],
  ['label ~ "a{1000000}"', 10, /no such number of times/, /\{1000\}/],
  ['label ~ "a{5,2}"', 10, /no such number of times/],
  ['constructor', 0, /not a test/],
  ['proto toString', 6, /not a protocol/],
];

for (const [text, at, message, hint] of WRONG)
  test(`'${text}' is refused at column ${at + 1}`, () => {
    assert.throws(
      () => parseFilter(text),
      (error) => {
        assert.ok(error instanceof SuiteError);
        assert.equal(error.exitStatus, 2);
        const [problem = '', shown = '', caret = ''] = error.message.split('\n');
        assert.match(problem, message);
        assert.match(problem, new RegExp(`column ${at + 1}$`));
        assert.equal(shown, `  ${text}`);
        assert.equal(caret.length, 3 + at);
        if (hint !== undefined) assert.match(error.hint, hint);
        return true;
      },
    );
  });

test('an error in a long filter shows the part around the place, on one line, without control characters', () => {
  const text = `${'tcp or\n'.repeat(100)} \u001b[2J ${'or tcp '.repeat(100)}`;
  assert.throws(
    () => parseFilter(text),
    (error: Error) => {
      const lines = error.message.split('\n');
      assert.equal(lines.length, 3);
      assert.ok(lines.every((line) => line.length < 120));
      assert.equal(lines[1]![lines[2]!.length - 1], '·');
      return true;
    },
  );
});

const nested = (depth: number): string => '('.repeat(depth) + 'tcp' + ')'.repeat(depth);
const chain = (tests: number): string => new Array<string>(tests).fill('tcp').join(' or ');

test('depth and number of tests are bounded', () => {
  assert.equal(parseFilter(nested(64)).kind, 'range');
  assert.throws(() => parseFilter(nested(65)), /more than 64 levels/);
  assert.equal(parseFilter('not '.repeat(64) + 'tcp').kind, 'not');
  assert.throws(() => parseFilter('not '.repeat(65) + 'tcp'), /more than 64 levels/);
  assert.equal(parseFilter(chain(4096)).kind, 'or');
  assert.throws(() => parseFilter(chain(4097)), /more than 4096 tests/);
});

test('whatever a filter holds, its error is three lines of printable characters', () => {
  for (const source of ['tc\np and x', 'port \u001b[31m', 'host a\u202eb', 'dur gt 5\u0000s']) {
    assert.throws(
      () => parseFilter(source),
      (error) => error instanceof Error && /^filter: [\x20-\x7e·]*\n[\x20-\x7e·…]*\n *\^$/.test(error.message),
      JSON.stringify(source),
    );
  }
});
