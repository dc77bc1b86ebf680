import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Headers } from '../../libs/packet/headers.ts';
import { note, PROBLEM, PROBLEM_NAMES, stop } from '../../libs/packet/problems.ts';

test('every problem has a name of its own, and none is number 0', () => {
  assert.equal(PROBLEM_NAMES[0], 'none');
  assert.equal(new Set(PROBLEM_NAMES).size, PROBLEM_NAMES.length);
  assert.equal(PROBLEM_NAMES[PROBLEM.tcpTruncated], 'tcp: truncated');
});

test('the first problem of a packet stays', () => {
  const headers = new Headers();
  note(headers, PROBLEM.ipv4LengthBeyond);
  assert.equal(stop(headers, PROBLEM.udpTruncated), -1);
  assert.equal(headers.problem, PROBLEM.ipv4LengthBeyond);
});
