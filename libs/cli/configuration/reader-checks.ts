import { parseModel } from '../../aggregate/model.ts';
import { UsageError } from '../../core/errors.ts';
import { parseFilter } from '../../filter/parser.ts';
import { parseFieldSpec } from '../../record/print/field-spec.ts';
import { DEFAULT_COLUMNS } from '../../record/print/options.ts';
import { compileTimeFormat } from '../../record/print/time-format.ts';
import { parseTimeRange } from '../../time/range.ts';
import { PortDirection } from '../input/port-direction.ts';
import { parseMemory } from '../memory-size.ts';
import { parseRecordRange } from '../selection/record-range.ts';
import { parseSortKeys } from '../sort-words.ts';
import { checkTimeZone } from '../time-zone.ts';
import type { SettingVariable } from './config-variables.ts';

type Check = NonNullable<SettingVariable['check']>;

/** Checks of what variables of readers are set to. Each throws what the option would, but where the file and the line are known. */
export const CHECKS = {
  fields: (words) => void parseFieldSpec(words, DEFAULT_COLUMNS),
  filter: ([filter = '']) => void parseFilter(filter),
  /** Of a file, behind which one may stand. */
  fileFilter: ([, filter = '']) => void parseFilter(filter),
  memory: ([size = '']) => void parseMemory(size),
  model: (words) => void parseModel(words),
  portDirection: ([words = '']) => void new PortDirection(words),
  recordRange: ([range = '']) => void parseRecordRange(range),
  sortKeys: (words) => void parseSortKeys(words),
  timeFormat: ([format = '']) => {
    const compiled = compileTimeFormat(format);
    if (typeof compiled === 'string') throw new UsageError(compiled);
  },
  timeRange: ([range = '']) => void parseTimeRange(range, { nowMs: Date.now() }),
  zone: ([zone = '']) => checkTimeZone(zone),
} as const satisfies Readonly<Record<string, Check>>;
