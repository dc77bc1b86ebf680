import { fieldByName, isStored } from './table.ts';

/** Numbers of the stored fields from which a field's value comes: its own, or those that it is computed from. */
export function storedInputs(name: string): number[] {
  const field = fieldByName(name);
  if (field === undefined) return [];
  return isStored(field) ? [field.number] : field.from.flatMap((input) => storedInputs(input.replace(/\?$/, '')));
}
