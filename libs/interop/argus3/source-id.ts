import { parseIPv4 } from '../../address/ip.ts';
import { ID_KIND } from './transport-section.ts';

/** A source id as Argus 3 holds it: what it is, and its four bytes as a number. */
export interface ShortSourceId {
  readonly kind: number;
  readonly number: number;
  /** False for an id that does not fit: a longer text, a UUID, IPv6, or one with an interface. */
  readonly isExact: boolean;
}

const CHARACTERS_MAX = 4;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * The id `source` in four bytes. Of one with an interface the interface is left out; any other that is too long becomes a
 * number made of it, which is always the same, so that different sources stay apart.
 */
export function shortSourceId(source: string): ShortSourceId {
  const [id = '', ...rest] = source.split('/');
  const isExact = rest.length === 0;
  if (id === '') return { kind: ID_KIND.none, number: 0, isExact };
  const ipv4 = parseIPv4(id);
  if (ipv4 !== undefined) return { kind: ipv4 === 0 ? ID_KIND.none : ID_KIND.ipv4, number: ipv4, isExact };
  if (/^\d{1,10}$/.test(id) && Number(id) <= 0xffff_ffff) return { kind: ID_KIND.integer, number: Number(id), isExact };
  if (/^[\x21-\x7e]{1,4}$/.test(id)) {
    let number = 0;
    for (let i = 0; i < CHARACTERS_MAX; i++) number = number * 256 + (id.charCodeAt(i) || 0);
    return { kind: ID_KIND.text, number, isExact };
  }
  return { kind: ID_KIND.integer, number: hashOf(source), isExact: false };
}

/** FNV-1a of 32 bits. */
function hashOf(text: string): number {
  let hash = FNV_OFFSET;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME);
  return hash >>> 0;
}
