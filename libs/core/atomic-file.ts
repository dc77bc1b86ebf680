import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

/**
 * Replaces a small file so that at any moment either the old content or the new one is there, also after a crash.
 * @throws the system's error; the old file is kept then
 */
export function writeFileAtomically(path: string, content: string): void {
  const draft = `${path}.new`;
  try {
    rmSync(draft, { force: true }); // it may be a link that somebody else put there
    const fd = openSync(draft, 'wx', 0o640);
    try {
      const bytes = Buffer.from(content);
      for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
