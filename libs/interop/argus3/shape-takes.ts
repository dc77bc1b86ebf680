import type { Take } from './shape-plan.ts';

export const takeBytes: Take = (run, at, slot) => {
  if (run.wants(slot)) run.put(slot, run.bytes(at));
};

export const takeShorts: Take = (run, at, slot) => {
  if (run.wants(slot)) run.put(slot, run.shorts(at));
};

export const takeLittleShorts: Take = (run, at, slot) => {
  if (run.wants(slot)) run.put(slot, run.littleShorts(at));
};

export const takeLongs: Take = (run, at, slot) => {
  if (run.wants(slot)) run.put(slot, run.longs(at));
};

/** As `takeLongs`, times `factor`, where zero is no value. */
export const takeLongsButZero: Take = (run, at, slot, factor) => {
  if (run.wants(slot)) run.putSome(slot, run.longs(at), factor);
};

/** @param value of all records */
export const takeOne: Take = (run, _at, slot, value) => {
  run.putOne(slot, value);
};
