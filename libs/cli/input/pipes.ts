import { promises as fs } from 'node:fs';

/** Pipes and devices keep their readers waiting. */
export async function isPlainFile(path: string): Promise<boolean> {
  const found = await fs.stat(path).catch(() => undefined); // opening it says what is wrong
  return found?.isFile() === true;
}

export async function isPipe(path: string): Promise<boolean> {
  const found = await fs.stat(path).catch(() => undefined);
  return found?.isFIFO() === true;
}
