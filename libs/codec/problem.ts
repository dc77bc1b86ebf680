import { InputError } from '../core/errors.ts';

/** Unwinds the decoder when bytes make no sense; `decodeFrame` turns it into a named problem. @package */
export class FrameProblem extends Error {}

/** Unwinds the decoder of one column whose encoding is of a later version. @package */
export class UnknownEncoding extends Error {}

/** The records were written in a later major version of the format. */
export class UnsupportedVersionError extends InputError {
  override readonly code = 'RECORDS_VERSION';

  constructor(where: string, major: number, supported: number) {
    super(`${where}: records of format version ${major}, this program reads up to version ${supported}`, {
      hint: 'Read them with a newer Panoptes.',
    });
  }
}
