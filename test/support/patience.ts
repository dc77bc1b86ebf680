/**
 * How long a test may take that starts programs: one that hangs ends by it, and a machine that is busy with other work as well
 * does not fail by it.
 */
export const PATIENCE = { timeout: 300_000 } as const;
