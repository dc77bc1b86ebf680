import { INPUT_OPTIONS } from '../../libs/cli/record-options.ts';
import { SPLIT_OPTIONS } from '../../libs/cli/split/split-options.ts';

export const RASPLIT_OPTIONS = { ...INPUT_OPTIONS, ...SPLIT_OPTIONS } as const;
