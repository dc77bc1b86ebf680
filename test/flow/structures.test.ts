import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HashTable } from '../../libs/flow/hash-table.ts';
import { IdleOrder } from '../../libs/flow/idle-order.ts';
import { FlowKey } from '../../libs/flow/key.ts';
import { F_LAST, FlowRows, ROW_DOUBLES } from '../../libs/flow/rows.ts';
import { TICK_US, TimerWheel } from '../../libs/flow/timers.ts';

const CAPACITY = 64;

test('hash table: finds exactly what was inserted and not removed, whatever the hashes', () => {
  const steps = fc.array(fc.record({ key: fc.nat(40), add: fc.boolean() }), { maxLength: 300 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 8 }), (sequence, spread) => {
      const rows = new FlowRows(CAPACITY);
      const table = new HashTable(rows);
      const model = new Map<number, number>();
      const key = new FlowKey(0);
      const set = (n: number): void => {
        key.a3 = n;
        key.hash = (n % spread) * 0x4001; // many collisions, also across the end of the slots
      };
      for (const step of sequence) {
        set(step.key);
        const row = model.get(step.key);
        assert.equal(table.find(key), row ?? -1);
        if (step.add && row === undefined) {
          const taken = rows.take();
          table.insert(key, taken);
          model.set(step.key, taken);
        } else if (!step.add && row !== undefined) {
          table.remove(row);
          rows.give(row);
          model.delete(step.key);
        }
      }
      for (let n = 0; n <= 40; n++) {
        set(n);
        assert.equal(table.find(key), model.get(n) ?? -1);
      }
    }),
    { seed: 1 },
  );
});

test('timer wheel: every timer comes due at its tick, unless cleared, replaced or further than the wheel', () => {
  const timers = fc.array(
    fc.record({ row: fc.nat(15), after: fc.integer({ min: 1, max: 4000 }), clear: fc.boolean() }),
  );
  fc.assert(
    fc.property(timers, fc.integer({ min: 1, max: 500 }), (sequence, stride) => {
      const rows = new FlowRows(CAPACITY);
      for (let i = 0; i < 16; i++) rows.take();
      const wheel = new TimerWheel(rows);
      const start = 1_000_000;
      wheel.advance(
        start * TICK_US,
        () => assert.fail('nothing is set'),
        () => undefined,
      );
      const model = new Map<number, number>();
      for (const { row, after, clear } of sequence) {
        if (clear) wheel.clear(row);
        else wheel.set(row, (start + after) * TICK_US);
        if (clear) model.delete(row);
        else model.set(row, start + after);
      }
      for (let tick = start; tick < start + 4096; tick += stride) {
        wheel.advance(
          tick * TICK_US,
          (row) => {
            assert.equal(model.get(row), wheel.tick);
            model.delete(row);
          },
          () => undefined,
        );
        for (const due of model.values()) assert.ok(due > tick);
      }
    }),
    { seed: 2 },
  );
});

test('idle order: finds every row, however far times have jumped', () => {
  const times = fc.array(fc.tuple(fc.nat(2e9), fc.nat(2e9)), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(times, (seconds) => {
      const rows = new FlowRows(CAPACITY);
      const order = new IdleOrder(rows, 60e6);
      for (const [filed, last] of seconds) {
        const row = rows.take();
        rows.f64[row * ROW_DOUBLES + F_LAST] = filed * 1e6;
        order.add(row);
        rows.f64[row * ROW_DOUBLES + F_LAST] = last * 1e6;
      }
      for (let left = seconds.length; left > 0; left--) {
        const row = order.longest();
        assert.notEqual(row, -1);
        order.remove(row);
      }
      assert.equal(order.longest(), -1);
    }),
    { seed: 3, numRuns: 1000 },
  );
});

test('idle order: gives the rows by their last packet, as exactly as its buckets', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(60), fc.nat(60)), { minLength: 1, maxLength: 40 }), (seconds) => {
      const rows = new FlowRows(CAPACITY);
      const order = new IdleOrder(rows, 60e6);
      for (const [filed, last] of seconds) {
        const row = rows.take();
        rows.f64[row * ROW_DOUBLES + F_LAST] = filed * 1e6;
        order.add(row);
        rows.f64[row * ROW_DOUBLES + F_LAST] = Math.max(filed, last) * 1e6;
      }
      let before = -1;
      for (let i = 0; i < seconds.length; i++) {
        const row = order.longest();
        const last = rows.f64[row * ROW_DOUBLES + F_LAST]!;
        assert.ok(last >= before);
        before = last;
        order.remove(row);
      }
      assert.equal(order.longest(), -1);
    }),
    { seed: 4 },
  );
});
