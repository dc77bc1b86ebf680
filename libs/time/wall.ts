/** Fields of a wall time, from the greatest: year, month 1–12, day 1–31, hour, minute, second. */
export type Fields = readonly [number, number, number, number, number, number];

export const YEAR = 0;
export const MONTH = 1;
export const DAY = 2;
export const HOUR = 3;
export const MINUTE = 4;
export const SECOND = 5;
export type FieldIndex = 0 | 1 | 2 | 3 | 4 | 5;

/** Least value of each field. */
export const FIELD_MIN: Fields = [0, 1, 1, 0, 0, 0];
/** Greatest value of each field; of a day in the longest months. */
export const FIELD_MAX: Fields = [9999, 12, 31, 23, 59, 59];

/** @param ms a wall time, milliseconds */
export function fieldsOf(ms: number): Fields {
  const date = new Date(ms);
  return [
    date.getUTCFullYear(),
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
  ];
}

/** The wall time at which these begin, milliseconds; what lies beyond a field's greatest value is carried over. */
export function wallOf([year, month, day, hour, minute, second]: Fields): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  return date.getTime();
}

/** Fields of `fields` down to `finest`, the least values below it. */
export function cutBelow(fields: Fields, finest: FieldIndex): Fields {
  return fields.map((value, index) => (index > finest ? FIELD_MIN[index]! : value)) as unknown as Fields;
}

/** `fields` with one of them set. */
export function withField(fields: Fields, index: number, value: number): Fields {
  return fields.with(index, value) as unknown as Fields;
}

/** The wall time a number of units later; days that the month does not have become its last. */
export function addToWall(ms: number, unit: FieldIndex, count: number): number {
  const fields = fieldsOf(ms);
  const rest = ms - wallOf(fields);
  if (unit > MONTH) return wallOf(withField(fields, unit, fields[unit] + count)) + rest;
  const target = withField(fields, unit, fields[unit] + count);
  const first = wallOf(withField(target, DAY, 1));
  return wallOf(withField(fieldsOf(first), DAY, Math.min(fields[DAY], daysInMonth(first)))) + rest;
}

function daysInMonth(ms: number): number {
  const [year, month] = fieldsOf(ms);
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}
