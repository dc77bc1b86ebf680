import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ThinnedLog } from '../../libs/transport/thinned-log.ts';
import { converse, startServer } from './lab.ts';

function thinned(): { log: ThinnedLog; said: string[] } {
  const said: string[] = [];
  return { log: new ThinnedLog((message) => said.push(message)), said };
}

test('three messages are said at once, those like them after ten seconds, as one', () => {
  const { log, said } = thinned();
  const first = ['a: one', 'a: two', 'a: three'];
  for (const [i, message] of first.entries()) log.say('a', message, i);
  assert.deepEqual(said, first);
  for (let i = 0; i < 500; i++) log.say('a', `a: again ${i}`, 1000 + i);
  log.say('b', 'b: one', 2000);
  log.flush(9999);
  assert.deepEqual(said.splice(0), [...first, 'b: one']);
  log.flush(10_000);
  assert.deepEqual(said.splice(0), ['a: again 499; 499 more like it']);
  log.say('a', 'a: still', 10_001);
  log.flush(19_999);
  assert.deepEqual(said, []);
  log.flush(20_000);
  assert.deepEqual(said.splice(0), ['a: still']);
  log.flush(40_000);
  log.say('a', 'a: later', 40_000);
  assert.deepEqual(said.splice(0), ['a: later']);
});

test('a flood from ever new addresses takes a bounded number of lines, and each message is counted in one', () => {
  const { log, said } = thinned();
  const count = 20_000;
  for (let i = 0; i < count; i++) log.say(`address ${i}`, `${i}`, i / 100);
  log.close();
  assert.ok(said.length < 250, `${said.length} lines`);
  const more = /; (\d+) more like it of many addresses$/.exec(said.at(-1)!)?.[1];
  assert.equal(said.length + Number(more), count);
});

test('what was held back is said at the end', () => {
  const { log, said } = thinned();
  for (const message of ['1', '2', '3', '4', '5']) log.say('a', message, 0);
  log.close();
  log.close();
  assert.deepEqual(said, ['1', '2', '3', '5; 1 more like it']);
});

test('a server that strangers flood counts each, and says so in a few lines', async () => {
  const said: string[] = [];
  {
    await using lab = await startServer({ report: (message) => said.push(message) });
    for (let i = 0; i < 30; i++) await converse(lab.port, Buffer.from('GET / HTTP/1.1\r\n\r\n'));
    assert.equal(lab.server.stats.refusedBy.hello, 30);
  }
  assert.equal(said.length, 4);
  assert.match(said[0]!, /^client 127\.0\.0\.1 refused: not a message of this stream$/);
  assert.match(said[3]!, /; 26 more like it$/);
});
