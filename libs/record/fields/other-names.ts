import { isFieldName, type FieldName } from './table.ts';

/** Names for fields that the manuals of Argus have, or some of its programs, and the names that they are known by. */
export const OTHER_NAMES: Readonly<Record<string, FieldName>> = {
  avgdur: 'mean',
  mindur: 'min',
  maxdur: 'max',
  psloss: 'sploss',
  pdloss: 'dploss',
  psretrans: 'spretrans',
  pdretrans: 'dpretrans',
  sjitidle: 'sjitidl',
  djitidle: 'djitidl',
  tranref: 'seq',
  svc: 'app',
};

/** The field that has a name or another one; undefined for what is no field. */
export function namedField(word: string): FieldName | undefined {
  // Records have one label for each direction, the first of them for Argus.
  const name = word.replace(/^([sd]mpls)\[0\]$/, '$1');
  const known = Object.hasOwn(OTHER_NAMES, name) ? OTHER_NAMES[name]! : name;
  return isFieldName(known) ? known : undefined;
}
