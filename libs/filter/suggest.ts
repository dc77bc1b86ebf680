import { protocolNames } from '../address/protocols.ts';
import { didYouMean } from '../core/nearest.ts';
import { fieldWords } from './fields.ts';
import { PLAIN_WORDS, SIDED_WORDS } from './plain-words.ts';
import { PROTOCOL_WORDS, TYPES } from './words.ts';

/** A hint that names the word with which a test may begin, or one of `others`, that is nearest to `word`. */
export function nearestTest(word: string, others: readonly string[] = []): string {
  return didYouMean(word, [
    ...Object.keys(PLAIN_WORDS),
    ...Object.keys(SIDED_WORDS),
    ...Object.keys(PROTOCOL_WORDS),
    ...TYPES.keys(),
    'src',
    'dst',
    'not',
    'ether',
    'link',
    'has',
    'local',
    ...fieldWords(),
    ...others,
    ...protocolNames(),
  ]);
}

/** A hint that names the field nearest to `word`. */
export function nearestField(word: string): string {
  return didYouMean(word, fieldWords());
}
