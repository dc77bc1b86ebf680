/** Another one in each process, so that nobody can choose addresses whose hashes are the same. */
export const SEED: number = Math.floor(Math.random() * 2 ** 32);

/** Murmur3's last step. */
export function mix(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** MurmurHash3 for 32 bits, of `width` words from `at` on. */
export function hashOfWords(words: Uint32Array, at: number, width: number): number {
  let hash = SEED;
  for (let k = at; k < at + width; k++) {
    const product = Math.imul(words[k]!, 0xcc9e2d51);
    hash ^= Math.imul((product << 15) | (product >>> 17), 0x1b873593);
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  return mix(hash) >>> 0;
}
