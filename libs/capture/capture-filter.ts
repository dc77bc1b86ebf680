import { UsageError } from '../core/errors.ts';
import { bpfFilter } from './bpf-filter.ts';
import { bpfProblem } from './bpf.ts';
import type { FilterForLink } from './capture-file.ts';
import { compileCaptureFilter } from './libpcap.ts';

/** The link type by which a filter is judged before any packet has come. */
const ETHERNET = 1;

/**
 * A capture filter, compiled for each link type that turns up.
 * @throws {UsageError} for a filter that libpcap does not understand
 * @throws {InputError} without libpcap
 */
export function captureFilter(text: string, optimize: boolean): FilterForLink | undefined {
  if (text.trim() === '') return undefined;
  let ethernetError: unknown;
  try {
    compileCaptureFilter(text, ETHERNET, optimize);
  } catch (error) {
    ethernetError = error; // it may be for another link type; then that one decides
    if (!(error instanceof UsageError)) throw error;
    if (/syntax error|illegal token|unknown/.test(error.message)) throw error;
  }
  return (linkType) => {
    if (linkType === ETHERNET && ethernetError !== undefined) throw ethernetError;
    const program = compileCaptureFilter(text, linkType, optimize);
    const problem = bpfProblem(program);
    if (problem !== undefined) throw new UsageError(`capture filter: libpcap's program is refused: ${problem}`);
    return bpfFilter(program);
  };
}
