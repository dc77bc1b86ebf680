import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Agenda } from '../../libs/synthetic/agenda.ts';

test('an empty agenda has nothing due, and can be dropped from', () => {
  const agenda = new Agenda<string>();
  agenda.drop();
  agenda.postpone(5);
  assert.equal(agenda.dueUs, Infinity);
  assert.equal(agenda.first, undefined);
});

test('whatever is added, postponed and dropped, the first is the one due soonest', () => {
  const step = fc.record({ does: fc.constantFrom('add', 'add', 'postpone', 'drop'), time: fc.nat(100) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const agenda = new Agenda<number>();
      const model = new Map<number, number>();
      steps.forEach(({ does, time }, name) => {
        if (does === 'add') {
          agenda.add(time, name);
          model.set(name, time);
        } else if (agenda.first !== undefined) {
          const { first, dueUs } = agenda;
          if (does === 'drop') {
            agenda.drop();
            model.delete(first);
          } else {
            agenda.postpone(dueUs + time);
            model.set(first, dueUs + time);
          }
        }
        assert.equal(agenda.dueUs, Math.min(Infinity, ...model.values()));
        if (agenda.first !== undefined) assert.equal(model.get(agenda.first), agenda.dueUs);
      });
    }),
    { seed: 2, numRuns: 300 },
  );
});
