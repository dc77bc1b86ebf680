/** Milliseconds of processor time that this process has used, on which other work of the machine has no influence. */
export function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
