import { decodeFrame } from '../codec/decode.ts';
import { compileFilter } from '../filter/compile.ts';
import type { Batch } from '../record/batch.ts';
import { Connection, lost, type ConnectOptions } from './connection.ts';
import { isCut, isFarewell, isHeartbeat } from './farewell.ts';

/**
 * The records of a server as they come, from now on, beginning with its start records, over one connection. Ends when the
 * server says farewell or the signal is given.
 *
 * The returned iterable throws InputError when the server cannot be reached, refuses, is none of ours, or goes without a
 * farewell.
 * @throws FilterError at once when the filter is not understood
 */
export function connectRecords(options: ConnectOptions): AsyncIterable<Batch> {
  compileFilter(options.filter ?? '');
  return receive(options);
}

async function* receive(options: ConnectOptions): AsyncGenerator<Batch> {
  const isAborted = (): boolean => options.signal?.aborted === true;
  if (isAborted()) return;
  try {
    using connection = await Connection.open(options);
    for await (const frame of connection.frames()) {
      const decoded = decodeFrame(frame, { verified: true });
      if ('problem' in decoded || isHeartbeat(decoded.batch)) continue;
      if (isCut(decoded.batch)) throw lost(connection.where, decoded.batch.note ?? 'the server cut it');
      if (isFarewell(decoded.batch)) return;
      yield decoded.batch;
    }
    throw lost(connection.where, 'the server went without a farewell');
  } catch (error) {
    if (!isAborted()) throw error;
  }
}
