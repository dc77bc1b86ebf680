import type { Readable } from 'node:stream';
import { NoCaptureError } from '../../libs/capture/capture-failure.ts';
import { openCaptureFile, type OpenCaptureOptions } from '../../libs/capture/open-capture.ts';
import type { PacketSource } from '../../libs/capture/source.ts';

/** Capture files and how to read them. */
export interface CaptureSettings {
  readonly files: readonly string[];
  /** Capture filter; empty is none. */
  readonly filter: string;
  readonly optimize: boolean;
  /** Times the pace of the capture at which it is replayed; absent: as fast as can be. */
  readonly pace?: number;
  /** Whether the last file is followed as it grows. */
  readonly follows?: boolean;
}

/** An input that ended before its time: what lay before the damage was counted. */
export interface Damage {
  readonly name: string;
  /** Of the first byte that makes no sense; -1 where there is none, as of an interface. */
  readonly offset: number;
  readonly reason: string;
}

/**
 * The captures one after the other, each closed before the next is opened; damage is noted.
 * @param stdin read for the file `-`
 * @param signal ends an input that is waited for
 */
export async function* openCaptures(
  settings: CaptureSettings,
  damage: Damage[],
  stdin: Readable,
  signal: AbortSignal = new AbortController().signal,
): AsyncGenerator<PacketSource> {
  let filter = {};
  if (settings.filter !== '') {
    const { captureFilter } = await import('../../libs/capture/capture-filter.ts');
    filter = { filter: captureFilter(settings.filter, settings.optimize) };
  }
  const last = settings.files.length - 1;
  for (const [i, file] of settings.files.entries()) {
    const follows = settings.follows === true && i === last;
    const options = { ...filter, stdin, signal, follows };
    const capture = await (last === 0 ? openCaptureFile(file, options) : openOneOfSeveral(file, options, damage));
    if (capture === undefined) continue;
    const source = await replayed(capture, settings.pace, signal);
    try {
      yield source;
      if (source.damage !== null) damage.push({ name: source.name, ...source.damage });
    } finally {
      await source.close();
    }
  }
}

/** One that is no capture does not keep the others from being read. */
async function openOneOfSeveral(
  file: string,
  options: OpenCaptureOptions,
  damage: Damage[],
): Promise<PacketSource | undefined> {
  try {
    return await openCaptureFile(file, options);
  } catch (error) {
    if (!(error instanceof NoCaptureError)) throw error;
    damage.push({ name: file === '-' ? 'standard input' : file, offset: -1, reason: error.reason });
    return undefined;
  }
}

async function replayed(source: PacketSource, pace: number | undefined, signal: AbortSignal): Promise<PacketSource> {
  if (pace === undefined) return source;
  const { PacedSource } = await import('../../libs/capture/paced-source.ts');
  return new PacedSource(source, pace, signal);
}
