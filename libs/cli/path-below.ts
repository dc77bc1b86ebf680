import { relative, resolve } from 'node:path';

/** What a path that was meant from the machine's root is called once all paths begin at the folder `root`. */
export function pathBelow(root: string, path: string): string {
  if (root === '/') return path;
  const inside = relative(root, resolve(path));
  return inside.startsWith('..') ? path : `/${inside}`;
}
