import { SuiteError } from '../core/errors.ts';
import type { Dialect } from './dialect.ts';
import type { Hello } from './handshake.ts';
import { FilterError } from '../filter/errors.ts';
import { mustStayHere, Wish } from './wish.ts';

/** What a client wants, and the records that it is confined to. */
export interface Admitted extends Hello {
  readonly confinement: string;
  /** What it speaks; undefined for our own language. */
  readonly dialect: Dialect | undefined;
}

/** What readers asked for, so that those who asked alike are answered alike. */
export class Audiences {
  readonly #audiences = new Map<string, { readonly wish: Wish; readers: number }>();

  /** One more reader. @returns its wish, or why that is not understood */
  join(client: Admitted): Wish | string {
    const key = keyOf(client);
    try {
      const audience = this.#audiences.get(key) ?? { wish: wishOf(client), readers: 0 };
      this.#audiences.set(key, audience);
      audience.readers += 1;
      return audience.wish;
    } catch (error) {
      if (error instanceof SuiteError) return error.hint === '' ? error.message : `${error.message}\n${error.hint}`;
      throw error;
    }
  }

  /** A reader that joined has gone. */
  leave(client: Admitted): void {
    const key = keyOf(client);
    const audience = this.#audiences.get(key);
    if (audience === undefined) return;
    audience.readers -= 1;
    if (audience.readers === 0) this.#audiences.delete(key);
  }
}

function keyOf({ filter, fields, confinement, dialect }: Admitted): string {
  return `${dialect?.name ?? ''} ${Wish.key(filter, fields, confinement)}`;
}

/** @throws FilterError */
function wishOf({ filter, fields, confinement, dialect }: Admitted): Wish {
  if (mustStayHere(filter))
    throw new FilterError(
      filter,
      0,
      'a filter that its reader has to apply itself',
      'Regular expressions are not sent.',
    );
  return new Wish(filter, fields, confinement, dialect?.encoder());
}
