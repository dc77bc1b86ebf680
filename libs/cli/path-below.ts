import { relative, resolve } from 'node:path';

/** Whether a path is that of a folder or leads into it. */
export function isBelow(root: string, path: string): boolean {
  return !/^\.\.(\/|$)/.test(relative(root, path));
}

/** What a path that was meant from the machine's root is called once all paths begin at the folder `root`. */
export function pathBelow(root: string, path: string): string {
  if (root === '/') return path;
  return isBelow(root, path) ? `/${relative(root, resolve(path))}` : path;
}
