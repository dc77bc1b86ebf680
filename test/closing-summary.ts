/** One test that did not run, and why. */
export type Skipped = { readonly name: string; readonly file: string; readonly reason: string };

/**
 * What stands at the very end of a run, below the details of whatever failed: the tests that were skipped, with
 * their reasons, then the counts as node's TAP reporter words them.
 * @param counts the runner's own closing diagnostics, such as 'pass 12'
 */
export function closingSummary(skipped: readonly Skipped[], counts: readonly string[]): string {
  const byReason = new Map<string, Skipped[]>();
  for (const one of skipped) {
    const same = byReason.get(one.reason);
    if (same === undefined) byReason.set(one.reason, [one]);
    else same.push(one);
  }
  const lines: string[] = [''];
  for (const [reason, tests] of byReason) {
    lines.push(`skipped: ${reason}`, ...tests.map(({ file, name }) => `  ${file}: ${name}`));
  }
  if (skipped.length > 0) lines.push('');
  return [...lines, ...counts.map((count) => `# ${count}`), ''].join('\n');
}
