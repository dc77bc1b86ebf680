/** Words longer than this are not compared; nobody mistypes them into something short. */
const LENGTH_MAX = 64;

/**
 * The candidate that `word` was most likely meant to be: least edits (insert, delete, replace, swap of neighbours),
 * of equals the first, one with the same first letter before others, and at most a third of the longer word's length.
 * @returns undefined when nothing is near
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > LENGTH_MAX) return undefined;
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let bestRank = Infinity;
  for (const candidate of candidates) {
    if (candidate.length > LENGTH_MAX) continue;
    const longest = Math.max(wanted.length, candidate.length);
    const other = candidate.toLowerCase();
    const distance = editDistance(wanted, other);
    const rank = distance + (other[0] === wanted[0] ? 0 : 0.5); // people rarely mistype the first letter
    if (rank < bestRank && distance <= Math.max(1, Math.floor(longest / 3)) && distance < longest) {
      best = candidate;
      bestRank = rank;
    }
  }
  return best;
}

/** "Did you mean …?" for the nearest candidate, or an empty string: the hint of a `UsageError`. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const candidate = nearest(word, candidates);
  return candidate === undefined ? '' : `Did you mean '${candidate}'?`;
}

/** Damerau-Levenshtein distance, restricted form: no part is edited twice. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, beforeLast[j - 2]! + 1);
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}
