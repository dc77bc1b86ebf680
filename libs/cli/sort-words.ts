import { UsageError } from '../core/errors.ts';
import { didYouMean } from '../core/nearest.ts';
import { namedField, OTHER_NAMES } from '../record/fields/other-names.ts';
import { FIELD_NAMES, FIELDS } from '../record/fields/table.ts';
import { sortsDown, type SortKey } from '../sort/sort-key.ts';

const BY_START: readonly SortKey[] = [{ field: 'stime', descending: false }];

/**
 * Reads the words of `-m`, most significant first: a field, `+` or `-` before it for up or down, and behind an address `/` and
 * the bits that count; several in a word stand between commas. Without words it is by start time.
 * @param option stands before them, for messages
 * @throws {UsageError} for what is no field
 */
export function parseSortKeys(words: readonly string[], option = '-m'): readonly SortKey[] {
  const keys = words.flatMap((word) => word.split(',')).filter((word) => word !== '').map((word) => parseSortKey(word, option)); // prettier-ignore
  return keys.length === 0 ? BY_START : keys;
}

function parseSortKey(word: string, option: string): SortKey {
  const [, sign = '', written = '', bits] = /^([+-]?)([^/]*)(?:\/(.*))?$/.exec(word) ?? [];
  const field = namedField(written);
  if (field === undefined) {
    const hint = didYouMean(written, [...FIELD_NAMES, ...Object.keys(OTHER_NAMES)]);
    throw new UsageError(`unknown field '${written}' after ${option}`, {
      hint: hint || '--list-fields shows the names.',
    });
  }
  const descending = sign === '' ? sortsDown(field) : sign === '-';
  // How long nothing has come is known by when the last packet did.
  if (field === 'idle') return { field: 'ltime', descending: !descending };
  if (bits === undefined) return { field, descending };
  if (FIELDS[field].kind !== 'address')
    throw new UsageError(`'${word}': ${field} is no address`, { hint: `Write ${field}.` });
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > 128) {
    throw new UsageError(`'${word}' needs a number of bits after the /, up to 32 for IPv4 and 128 for IPv6`);
  }
  return { field, descending, prefixBits: Number(bits) };
}
