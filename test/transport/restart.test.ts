import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { FLOW_BATCH, type Batch } from '../../libs/record/batch.ts';
import { STORED_FIELDS } from '../../libs/record/fields/stored.ts';
import type { ConnectOptions } from '../../libs/transport/connection.ts';
import { batchOf, cellsOf } from '../support/batches.ts';
import { admitted, collect, flows, ORIGIN, startServer, unread } from './lab.ts';

const { ipproto, sport } = STORED_FIELDS;
const ends = (batch: Batch): number => batch.first + batch.covers;

/** Two records, one of TCP and one of UDP, with ports. */
const pair = (first: number): Batch =>
  batchOf(2, { ipproto: [6, 17], sport: [first, first + 1] }, { first, origin: ORIGIN });

const hasRecords = ({ kind, rows }: Batch): boolean => kind === FLOW_BATCH && rows > 0;

/** What of the records came: protocols and ports, batch by batch. */
function seen(batches: readonly Batch[]): unknown[] {
  return batches.map((batch) => [batch.first, cellsOf(batch, 'ipproto'), batch.columns[sport.number] !== undefined]);
}

test('what a reader asked for holds over the end of the server, for one with a name and one without', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'panoptes-restart-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const wish: Partial<ConnectOptions> = { filter: 'udp', fields: [ipproto.number] };
  const named = { ...wish, name: 'keeper' };
  {
    await using lab = await startServer({ keep: { directory } });
    const [anonymous, keeper] = [await admitted(lab.port, wish), await admitted(lab.port, named)];
    lab.server.push(pair(1));
    for (const reader of [anonymous, keeper]) {
      assert.deepEqual(seen(await collect(reader, (batch) => ends(batch) === 3)), [[1, [17], false]]);
    }
    await keeper.return?.();
    while (lab.server.stats.readers > 1) await new Promise((resolve) => setImmediate(resolve));
    lab.server.push(pair(3));
    lab.server.push(flows([6], 5));
  }
  await using lab = await startServer({ keep: { directory }, flushMs: 20 });
  const [anonymous, keeper] = [await admitted(lab.port, wish), unread(lab.port, named)];
  lab.server.push(pair(6));
  const isLast = (batch: Batch): boolean => ends(batch) === 8;
  // The one with a name goes on where it was, the one without begins anew.
  assert.deepEqual(seen((await collect(keeper, isLast)).filter(hasRecords)), [3, 6].map((first) => [first, [17], false])); // prettier-ignore
  assert.deepEqual(seen((await collect(anonymous, isLast)).filter(hasRecords)), [[6, [17], false]]);
});
