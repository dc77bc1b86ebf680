import { UsageError } from '../core/errors.ts';

const TEXT_MAX = 64;

/**
 * Reads what `-e` takes: a number, an IPv4 address, or a text, with or without its double quotes. Argus keeps four
 * characters of a text; we keep 64.
 * @returns the id as it prints
 * @throws {UsageError}
 */
export function parseSourceId(text: string): string {
  const bare = /^"(.*)"$/.exec(text)?.[1] ?? text;
  if (!/^[\w.:@/-]+$/.test(bare) || bare.length > TEXT_MAX) {
    throw new UsageError(`'${text}' is no source id`, {
      hint: `Write a number, an IPv4 address, or up to ${TEXT_MAX} letters, digits and . : @ / _ -.`,
    });
  }
  return bare;
}

/** Of a probe that was given none; as Argus prints it. */
export const DEFAULT_SOURCE_ID = '0.0.0.0';
