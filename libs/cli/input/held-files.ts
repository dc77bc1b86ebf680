import { closeSync, constants, fstatSync, openSync, statSync } from 'node:fs';

const { O_NONBLOCK, O_RDONLY } = constants;
/** Files that are held open at a time; there are few descriptors. */
const HELD_MAX = 256;
/** Descriptors that are left to everything else, however few there are. */
const LEFT = 32;

/** Files that are to be read later, held open so that they can be read whatever is put in their place, or removed, until then. */
export class HeldFiles {
  readonly #descriptors = new Map<string, number>();

  /** Holds those of the files that can be opened, as far as there is room; the others are as they will be. */
  hold(paths: Iterable<string>): void {
    const left: number[] = [];
    try {
      for (let i = 0; i < LEFT; i++) left.push(openSync('/dev/null', O_RDONLY));
      for (const path of paths) if (this.#descriptors.size < HELD_MAX) this.#hold(path);
    } catch {
      // there are too few descriptors to hold any
    } finally {
      for (const descriptor of left) closeSync(descriptor);
    }
  }

  #hold(path: string): void {
    if (this.#descriptors.has(path)) return;
    try {
      this.#descriptors.set(path, openSync(path, O_RDONLY | O_NONBLOCK));
    } catch {
      // whoever reads it says what is wrong
    }
  }

  release(paths: Iterable<string>): void {
    for (const path of paths) {
      const descriptor = this.#descriptors.get(path);
      if (descriptor !== undefined) closeSync(descriptor);
      this.#descriptors.delete(path);
    }
  }

  /** Where a file is to be opened: where it was, or, if it is there no more, by another name of what is held. */
  placeOf(path: string): string {
    const descriptor = this.#descriptors.get(path);
    if (descriptor === undefined) return path;
    const { dev, ino } = fstatSync(descriptor);
    const found = statSync(path, { throwIfNoEntry: false });
    return found?.dev === dev && found.ino === ino ? path : `/dev/fd/${descriptor}`;
  }
}
