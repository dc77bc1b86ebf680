const CONVERSION = /%(?:%|([-+ #0]*)(\d{1,4})?(?:\.(\d{1,3}))?([a-zA-Z]))/g;
const KNOWN = new Set('diufFeEgGxXos');
const PRECISION_MAX = 100;

/** @returns what is wrong with a printf(3) format of one value, or undefined */
export function checkNumberFormat(format: string): string | undefined {
  let conversions = 0;
  for (const [text, , , , letter] of format.matchAll(CONVERSION)) {
    if (letter === undefined) continue;
    if (!KNOWN.has(letter)) return `it has no conversion '${text}'`;
    conversions += 1;
  }
  return conversions === 1 ? undefined : 'it must have exactly one conversion such as %s, %d or %.3f';
}

/** One value in a printf(3) format that `checkNumberFormat` accepts. */
export function printf(format: string, value: number | string): string {
  return format.replace(CONVERSION, (_all, flags: string, width: string, precision: string, letter: string) => {
    if (letter === undefined) return '%';
    const digits = precision === undefined ? undefined : Math.min(PRECISION_MAX, Number(precision));
    const text =
      typeof value === 'string' || letter === 's'
        ? String(value).slice(0, digits)
        : convert(letter, value, digits, flags);
    return pad(text, Number(width ?? 0), flags, typeof value === 'number');
  });
}

function convert(letter: string, value: number, digits: number | undefined, flags: string): string {
  const sign = value >= 0 ? (flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '') : '';
  return sign + unsignedText(letter, value, digits, flags.includes('#'));
}

function unsignedText(letter: string, value: number, digits: number | undefined, alternate: boolean): string {
  switch (letter) {
    case 'f':
    case 'F':
      return value.toFixed(digits ?? 6);
    case 'e':
    case 'E':
      return exponent(value.toExponential(digits ?? 6), letter);
    case 'g':
    case 'G':
      return general(value, digits ?? 6, letter);
    case 'x':
      return (alternate ? '0x' : '') + Math.trunc(value).toString(16);
    case 'X':
      return (alternate ? '0X' : '') + Math.trunc(value).toString(16).toUpperCase();
    case 'o':
      return (alternate ? '0' : '') + Math.trunc(value).toString(8);
    default:
      return Math.trunc(value)
        .toString()
        .padStart(digits ?? 0, '0');
  }
}

/** At least two digits in the exponent, as C has it. */
function exponent(text: string, letter: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2').replace('e', letter === 'E' ? 'E' : 'e');
}

/** `digits` significant digits, trailing zeros gone, as a power of ten when that is shorter (C17 §7.21.6.1). */
function general(value: number, digits: number, letter: string): string {
  const significant = Math.max(1, digits);
  const power = value === 0 ? 0 : Number(value.toExponential(significant - 1).split('e')[1]);
  if (power < -4 || power >= significant) {
    const text = value.toExponential(significant - 1).replace(/\.?0+e/, 'e');
    return exponent(text, letter === 'G' ? 'E' : 'e');
  }
  const fixed = value.toFixed(significant - 1 - power);
  return fixed.includes('.') ? fixed.replace(/\.?0+$/, '') : fixed;
}

function pad(text: string, width: number, flags: string, isNumber: boolean): string {
  if (flags.includes('-')) return text.padEnd(width);
  if (!isNumber || !flags.includes('0')) return text.padStart(width);
  const sign = /^[-+ ]|^0[xX]/.exec(text)?.[0] ?? '';
  return sign + text.slice(sign.length).padStart(width - sign.length, '0');
}
