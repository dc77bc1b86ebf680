import { join } from 'node:path';
import { NameTemplate } from '../../libs/archive/name-template.ts';
import { Patience } from '../../libs/archive/patience.ts';
import { parseSplitMode } from '../../libs/archive/split-mode.ts';
import { StreamArchive } from '../../libs/archive/stream-archive.ts';
import { nowUs } from '../../libs/core/clock.ts';
import { frameOf, numberedStream, type StreamSettings } from './numbered-stream.ts';

/** What the process that archives a numbered stream is told, as JSON. */
export interface ChildSettings {
  readonly stream: StreamSettings;
  readonly state: string;
  readonly out: string;
  readonly mode: readonly string[];
  readonly name: string;
  /** The frame to begin with. */
  readonly from: number;
  /** The process kills itself at this step of what it does with the file system; 0 for never. */
  readonly dieAt: number;
  readonly dieBefore: boolean;
}

const settings = JSON.parse(process.argv[2] ?? '') as ChildSettings;
const { stream, state, out, mode, name, from, dieAt, dieBefore } = settings;
const report = (message: string): void => console.error(message);
const patience = new Patience({ signal: new AbortController().signal, report, retryMs: 50 });
let step = 0;

/** Kills the process, as a power cut would, before or behind the action that is due. */
async function attempt<T>(action: () => Promise<T>): Promise<T> {
  step += 1;
  const isLast = step === dieAt;
  if (isLast && dieBefore) process.kill(process.pid, 'SIGKILL');
  const done = await patience.attempt(action);
  if (isLast) process.kill(process.pid, 'SIGKILL');
  return done;
}

let isOver = false;
const archive = await StreamArchive.open({
  folder: state,
  mode: parseSplitMode(mode),
  template: new NameTemplate(join(out, name), mode[0] === 'time'),
  suffixLength: 2,
  holdUs: 5e6,
  nowUs: () => nowUs() + (isOver ? 1e9 : 0),
  patience: { attempt, isStuck: false },
  report,
  finished: undefined,
  failed: () => undefined,
  journalBytesMax: 1e9,
  syncMs: 5,
  syncBytes: 20_000,
  segmentBytes: 30_000,
});
for (const [i, batch] of numberedStream(stream).entries()) {
  if (i < from) continue;
  await archive.take({ batch, bytes: frameOf(batch), acknowledge: () => process.stdout.write(`${i}\n`) });
}
isOver = true;
await archive.tick();
console.error(JSON.stringify(archive.stats));
await archive.close();
