import { InputError } from '../../core/errors.ts';
import { RefusedError } from '../../transport/connection.ts';
import type { ForeignServer } from '../../transport/foreign-server.ts';
import { RecordNumbers } from './record-numbers.ts';
import { remoteFilter } from './remote-filter.ts';

const STATUS_AT = 4;
/** The server wants a password first (SASL). */
const WANTS_PASSWORD = 0x1000;
const OK = 'OK';
let lastRun = 0;

/** A real argus or radium. It numbers nothing and keeps nothing for who is away: each connection is a run of its own. */
export const ARGUS3_SERVER: ForeignServer = {
  async ask(talk, greeting, filter) {
    const { where } = talk;
    const status = new DataView(greeting.buffer, greeting.byteOffset).getUint32(STATUS_AT);
    if ((status & WANTS_PASSWORD) !== 0) {
      throw new InputError(
        `${where} is a real Argus server that asks for a password (SASL), which is not spoken here`,
        {
          hint: 'Start it with RADIUM_MIN_SSF and ARGUS_MIN_SSF at 0, and let its access list say who may read.',
        },
      );
    }
    const remote = remoteFilter(filter);
    if (remote !== undefined) {
      talk.send(`FILTER: ${remote}`);
      // The server takes whatever comes at once for one command, so START must wait.
      const answer = await talk.receive(OK.length);
      if (answer === undefined || Buffer.from(answer).toString('latin1') !== OK)
        throw new RefusedError(`${where} does not understand the filter`, 'filter');
    }
    talk.send('START: ');
  },

  async *read(chunks, where) {
    const { Argus3Reader } = await import('./reader.ts');
    lastRun = Math.max(lastRun + 1, Date.now() * 1000);
    const reader = new Argus3Reader(chunks, { numbers: new RecordNumbers(), run: lastRun });
    yield* reader;
    if (reader.damagedAt !== undefined)
      throw new InputError(`connection to ${where} lost: no record begins at byte ${reader.damagedAt} of what came`);
  },
};
