import assert from 'node:assert/strict';
import test from 'node:test';
import { UsageError } from '../../libs/core/errors.ts';
import { AccessList } from '../../libs/transport/access.ts';
import { judgePeer } from '../../libs/transport/security.ts';
import { parseToken, Tokens } from '../../libs/transport/tokens.ts';

const NIGHT = 'night-0123456789';
const FILE = `# tokens\nnight ${NIGHT}\nday   day-0123456789abc\nnight older-0123456789\n`;
const tokens = Tokens.parse(FILE, 'tokens');

for (const [token, name] of [
  [NIGHT, 'night'],
  ['older-0123456789', 'night'],
  ['day-0123456789abc', 'day'],
  ['day-0123456789ab', undefined],
  ['NIGHT-0123456789', undefined],
  ['', undefined],
] as const) {
  test(`token '${token}' is of ${name ?? 'nobody'}`, () => assert.equal(tokens.nameOf(token), name));
}

for (const [content, message] of [
  ['night', /tokens line 2: not a name and a token/],
  ['night too-short', /tokens line 2: a token has 16 to 512/],
  [`night ${'x'.repeat(513)}`, /tokens line 2: a token has 16 to 512/],
  [`a/b ${NIGHT}`, /tokens line 2: the name/],
  [`night ${NIGHT} more`, /tokens line 2: not a name/],
  ['night pässword-0123456789', /tokens line 2: a token has printable/],
  ['', /tokens: no tokens/],
] as const) {
  test(`a file of tokens that says '${content.slice(0, 20)}' is an error without the token`, () => {
    assert.throws(
      () => Tokens.parse(`# first\n${content}\n`, 'tokens'),
      (error) =>
        error instanceof UsageError && message.test(error.message) && !/012345|xxx/.test(error.message + error.hint),
    );
  });
}

test('the token of a reader may end in a new line', () => {
  assert.equal(parseToken(`${NIGHT}\n`, 'file'), NIGHT);
  assert.throws(() => parseToken('two words 0123456789', 'file'), { name: 'UsageError', message: /^file: / });
});

const address = '::ffff:192.0.2.1';
const list = AccessList.parse('allow token night filter tcp\nallow address 192.0.2.0/24', 'access');

for (const [what, peer, known, access, expected] of [
  ['nothing is asked for', { address }, undefined, undefined, ''],
  ['a token is asked for', { address }, tokens, undefined, /wants a token/],
  ['the token is right', { address, token: NIGHT }, tokens, undefined, ''],
  ['the token is wrong', { address, token: 'wrong' }, tokens, undefined, /does not know that token/],
  ['the token is wrong, and the address right', { address, token: 'wrong' }, tokens, list, /does not know that token/],
  ['the list lets in without a token', { address }, tokens, list, ''],
  ['the list confines the token', { address, token: NIGHT }, tokens, list, 'tcp'],
  ['the list knows neither', { address: '::1' }, tokens, list, /access list/],
  ['a token that nobody asks for', { address, token: 'any' }, undefined, undefined, ''],
] as const) {
  test(`who may read: ${what}`, () => {
    const verdict = judgePeer(peer, known, access);
    if (verdict.ok) assert.equal(verdict.filter, expected);
    else assert.match(verdict.reason, expected as RegExp);
  });
}

test('who is at the door is told by address and proof, never by the token itself', () => {
  const verdict = judgePeer({ address, certificate: 'noc', token: NIGHT }, tokens, undefined);
  assert.equal(verdict.who, "192.0.2.1 (certificate 'noc', token 'night')");
  assert.equal(judgePeer({ address: '::1', token: 'secret-secret-secret' }, tokens, undefined).who, '::1');
});

test('the name of a reader belongs to who proved to have it', () => {
  const proved = judgePeer({ address, token: NIGHT }, tokens, undefined);
  const other = judgePeer({ address, token: 'day-0123456789abc' }, tokens, undefined);
  assert.ok(proved.ok && other.ok);
  assert.notEqual(proved.nameOf('rastream'), other.nameOf('rastream'));
  assert.equal(proved.nameOf(''), '', 'an anonymous reader stays one');
});
