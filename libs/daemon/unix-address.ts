/** Of `struct sockaddr_un` (unix(7)): the family, then a path with its zero byte, or an abstract name behind one. */
const PATH_AT = 2;
/** Bytes of a path or name. */
export const UNIX_PATH_MAX = 107;

/** The address of a socket in the file system or, from `@` on, of an abstract one. @param family `AF_UNIX` */
export function unixAddress(path: string, family: number): Buffer {
  const isAbstract = path.startsWith('@');
  const name = Buffer.from(isAbstract ? `\0${path.slice(1)}` : `${path}\0`);
  const address = Buffer.alloc(PATH_AT + name.length);
  address.writeUInt16LE(family, 0);
  name.copy(address, PATH_AT);
  return address;
}
