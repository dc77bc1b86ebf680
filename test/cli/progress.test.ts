import assert from 'node:assert/strict';
import test from 'node:test';
import { Progress } from '../../libs/cli/progress.ts';
import { StatusLine } from '../../libs/cli/status-line.ts';

test('who reads for long is told how far it has come, and when it will be done', () => {
  const shown: string[] = [];
  let nowMs = 0;
  const progress = new Progress(
    (text) => shown.push(text),
    200e6,
    () => nowMs,
  );
  progress.addBytes(50e6);
  progress.addRecords(1_234_567);
  nowMs = 1900;
  progress.refresh();
  assert.deepEqual(shown, []);
  nowMs = 3000;
  progress.refresh();
  progress[Symbol.dispose]();
  assert.deepEqual(shown, ['read 50 MB of 200 MB (25 %), 1,234,567 records, 9 s left', '']);
});

test('where the end is not known, or packed files have more in them, there is no guess', () => {
  for (const total of [undefined, 1e6]) {
    const shown: string[] = [];
    let nowMs = 0;
    using progress = new Progress(
      (text) => shown.push(text),
      total,
      () => nowMs,
    );
    progress.addBytes(2e6);
    nowMs = 5000;
    progress.refresh();
    assert.deepEqual(shown, ['read 2 MB, 0 records']);
  }
});

test('a status line is only for terminals, is cut to their width, and goes before anything else is written', () => {
  const written: string[] = [];
  const terminal = { isTTY: true, columns: 6, write: (text: string) => written.push(text) };
  const line = new StatusLine(terminal);
  line.show('abcdefgh');
  line.clear();
  line.clear();
  line.show('x');
  line.end();
  line.show('y');
  assert.deepEqual(written, ['\r\u001b[Kabcde', '\r\u001b[K', '\r\u001b[Kx', '\r\u001b[K']);
  new StatusLine({ ...terminal, columns: 0 }).show('width unknown');
  assert.equal(written.at(-1), '\r\u001b[Kwidth unknown');
  new StatusLine({ write: () => assert.fail('no terminal') }).show('z');
});
