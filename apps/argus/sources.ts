import { openCaptureFile } from '../../libs/capture/open-capture.ts';
import type { PacketSource } from '../../libs/capture/source.ts';

/** Capture files and how to read them. */
export interface CaptureSettings {
  readonly files: readonly string[];
  /** Capture filter; empty is none. */
  readonly filter: string;
  readonly optimize: boolean;
}

/** An input that ended before its time: what lay before the damage was counted. */
export interface Damage {
  readonly name: string;
  readonly offset: number;
  readonly reason: string;
}

/** The captures one after the other, each closed before the next is opened; damage is noted. */
export async function* openCaptures(settings: CaptureSettings, damage: Damage[]): AsyncGenerator<PacketSource> {
  for (const file of settings.files) {
    const source = await openCaptureFile(file);
    try {
      yield source;
      if (source.damage !== null) damage.push({ name: source.name, ...source.damage });
    } finally {
      await source.close();
    }
  }
}
