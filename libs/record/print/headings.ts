import { FIELDS, type FieldName } from '../fields/table.ts';
import type { Settings } from './options.ts';

/** Headings where each record stands once for either of its sides (`-M rmon`): the source is the host that it is about. */
const HOST_HEADINGS: Readonly<Partial<Record<FieldName, string>>> = {
  saddr: 'Host',
  snet: 'Net',
  smac: 'Mac',
  soui: 'Oui',
  spkts: 'OutPkts',
  dpkts: 'InPkts',
  sbytes: 'OutBytes',
  dbytes: 'InBytes',
  sappbytes: 'OAppBytes',
  dappbytes: 'IAppBytes',
};

/** What stands above a column. */
export function headingOf(name: FieldName, { hosts, shares }: Pick<Settings, 'hosts' | 'shares'>): string {
  const heading = (hosts ? HOST_HEADINGS[name] : undefined) ?? FIELDS[name].heading;
  if (shares?.has(name) !== true) return heading;
  return `p${name === 'appbytes' ? 'AppBytes' : heading}`;
}
