import { protocolNames } from '../address/protocols.ts';
import { didYouMean } from '../core/nearest.ts';
import { fieldWords } from './fields.ts';
import { PLAIN_WORDS, PROTOCOL_WORDS, TYPES } from './words.ts';

/** A hint that names the word with which a test may begin, or one of `others`, that is nearest to `word`. */
export function nearestTest(word: string, others: readonly string[] = []): string {
  return didYouMean(word, [
    ...Object.keys(PLAIN_WORDS),
    ...Object.keys(PROTOCOL_WORDS),
    ...TYPES.keys(),
    'src',
    'dst',
    'not',
    'ether',
    ...fieldWords(),
    ...others,
    ...protocolNames(),
  ]);
}
