/** Memory of this process, bytes; undefined where it cannot be known, as in a chroot without /proc. */
export function residentBytes(): number | undefined {
  try {
    return process.memoryUsage.rss();
  } catch {
    return undefined;
  }
}
