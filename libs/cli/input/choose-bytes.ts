import type { ByteRange } from '../../archive/byte-range.ts';
import { InputError } from '../../core/errors.ts';
import { argus3BytesOf } from '../../interop/argus3/byte-range.ts';
import { looksLikeArgus3 } from '../../interop/argus3/recognise.ts';
import type { FileBytes } from './file-bytes.ts';
import { START_BYTES } from './record-formats.ts';

export const noRanges = (path: string): InputError =>
  new InputError(`${path}: ranges of bytes are there of plain files of records only, which are not packed`);

/**
 * Has no more of a file of Argus read than the records that begin in a range.
 * @returns the first record of the file where that is not in the range
 * @throws {InputError} for a file, or a range of it, that cannot be read so
 */
export async function chooseBytes(file: FileBytes, wanted: ByteRange, path: string): Promise<Uint8Array | undefined> {
  try {
    if (!looksLikeArgus3(await file.peek(START_BYTES))) throw noRanges(path);
    const { range, firstBytes } = argus3BytesOf(file.fd, wanted, path);
    file.within(range);
    return firstBytes === 0 ? undefined : await file.peek(firstBytes);
  } catch (error) {
    await file.close();
    throw error;
  }
}
