/** The two parts of a source id, `ID/INTERFACE`, each of which may be missing. */
export interface SourceParts {
  readonly id: string | undefined;
  readonly inf: string | undefined;
}

export function splitSource(source: string): SourceParts {
  const slash = source.lastIndexOf('/');
  const [id, inf] = slash < 0 ? [source, ''] : [source.slice(0, slash), source.slice(slash + 1)];
  return { id: id === '' ? undefined : id, inf: inf === '' ? undefined : inf };
}

/** What two source ids have in common: the id, the interface, both or neither, which is the empty text. */
export function commonSource(a: string, b: string): string {
  if (a === b) return a;
  const [one, other] = [splitSource(a), splitSource(b)];
  const id = one.id === other.id ? (one.id ?? '') : '';
  return one.inf !== undefined && one.inf === other.inf ? `${id}/${one.inf}` : id;
}
