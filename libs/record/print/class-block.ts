import type { Format } from '../fields/field.ts';
import { STORED_FIELDS, type StoredName } from '../fields/stored.ts';
import { FIELDS } from '../fields/table.ts';
import { plainBlock, type BlockCell, type Image } from './block-cell.ts';
import type { Cell } from './cell.ts';
import { columnInputs } from './inputs.ts';
import type { PrintColumn, Settings } from './options.ts';
import { CLASSES_MAX, RowClasses } from './row-classes.ts';
import { copyWords, viewOf } from './words.ts';

/**
 * Cells whose text comes from few stored numbers, in few combinations, and the stored fields of which they look no further than whether
 * they are there, and more than zero.
 */
const OF_CLASS: Readonly<Partial<Record<Format, readonly StoredName[]>>> = {
  protocol: ['sport'],
  direction: ['spkts', 'dpkts'],
  state: ['spkts', 'dpkts'],
  flags: ['sretrans', 'slost', 'dretrans', 'dlost', 'sgap', 'dgap'],
};

/** Whether what stands in a column depends on the class of a row alone. */
export function isOfClass({ name }: PrintColumn): boolean {
  return FIELDS[name].format in OF_CLASS;
}

/** Rows that print the same in all such columns are of one class; undefined where there is no such column. */
export function classesFor(columns: readonly PrintColumn[], settings: Settings): RowClasses | undefined {
  const looks = new Map<number, boolean>();
  for (const column of columns.filter(isOfClass)) {
    const signs = new Set((OF_CLASS[FIELDS[column.name].format] ?? []).map((name) => STORED_FIELDS[name].number));
    for (const field of columnInputs(column, settings))
      looks.set(field, looks.get(field) !== false && signs.has(field));
  }
  return looks.size === 0 ? undefined : RowClasses.of(looks);
}

/** Longest image that is kept, bytes. */
const SIZE_MAX = 64;

/** A cell that looks at nothing but what rows of a class have in common: its image is made once for each class. */
export function classBlock(classes: RowClasses, cell: Cell, image: Image): BlockCell {
  const { size } = image;
  if (size > SIZE_MAX) return plainBlock(cell, image);
  const isKnown = new Uint8Array(CLASSES_MAX);
  let { edition } = classes;
  let images = new Uint8Array(0);
  let imagesView = viewOf(images);
  const enlarge = (): void => {
    const larger = new Uint8Array(Math.min(Math.max(2 * images.length, IMAGES_MIN * size), CLASSES_MAX * size));
    larger.set(images);
    images = larger;
    imagesView = viewOf(larger);
  };
  return (batch) => {
    const write = cell(batch);
    const { numbers } = classes;
    return (bytes, first, stride, rows) => {
      if (edition !== classes.edition) isKnown.fill(0);
      ({ edition } = classes);
      for (let i = 0; i < rows.length; i++) {
        const number = numbers[i]!;
        if (isKnown[number] === 1) continue;
        if (!image.make(write, rows[i]!)) return false;
        while (images.length < (number + 1) * size) enlarge();
        image.copyTo(images, number * size);
        isKnown[number] = 1;
      }
      copyImages(viewOf(bytes), first, stride, imagesView, size, numbers, rows.length);
      return true;
    };
  };
}

/** Images for which there is room at first. */
const IMAGES_MIN = 64;

function copyImages(
  to: DataView,
  first: number,
  stride: number,
  images: DataView,
  size: number,
  numbers: Uint16Array,
  count: number,
): void {
  for (let i = 0, at = first; i < count; i++, at += stride) copyWords(to, at, images, numbers[i]! * size, size);
}
