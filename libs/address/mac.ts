const MAC = /^[\da-f]{1,2}(?:([:-])[\da-f]{1,2})(?:\1[\da-f]{1,2}){4}$/i;

/**
 * A 48-bit address in six hexadecimal parts divided by `:` or `-`.
 * @returns its upper 16 and lower 32 bits, unsigned, or undefined
 */
export function parseMac(text: string): readonly [high: number, low: number] | undefined {
  if (!MAC.test(text)) return undefined;
  const parts = text.split(/[:-]/).map((part) => Number.parseInt(part, 16));
  const high = parts[0]! * 256 + parts[1]!;
  const low = ((parts[2]! * 256 + parts[3]!) * 256 + parts[4]!) * 256 + parts[5]!;
  return [high, low];
}

/** @param high upper 16 bits @param low lower 32 bits, signed or unsigned */
export function formatMac(high: number, low: number): string {
  const digits = (high & 0xffff).toString(16).padStart(4, '0') + (low >>> 0).toString(16).padStart(8, '0');
  return digits.replace(/..\B/g, '$&:');
}
