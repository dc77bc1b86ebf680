import { Resolver } from 'node:dns/promises';
import { formatIPv4, formatIPv6 } from '../../address/ip.ts';
import { IPV4_ADDRESS, IPV6_ADDRESS } from '../../packet/headers.ts';
import { FLOW_BATCH, type Batch } from '../../record/batch.ts';
import type { Address } from '../../record/fields/field.ts';
import { STORED_FIELDS } from '../../record/fields/stored.ts';

const FIELDS = [STORED_FIELDS.saddr.number, STORED_FIELDS.daddr.number];
/** Names kept; when there are more, the oldest are asked for again. */
const NAMES_MAX = 65_536;
const QUESTIONS_AT_ONCE = 64;
/** Records wait this long at most for the names of their hosts. */
const BATCH_MS = 2000;

/** Names of hosts, looked up before records are printed; a host whose name is not known in time prints as its address. */
export class HostNames {
  readonly #resolver: Pick<Resolver, 'reverse'>;
  /** An empty name: it has none. */
  readonly #names = new Map<string, string>();
  /** Once a whole batch of questions had no answer, nobody waits for more. */
  #deaf = false;

  constructor(resolver: Pick<Resolver, 'reverse'> = new Resolver({ timeout: 1000, tries: 1 })) {
    this.#resolver = resolver;
  }

  readonly nameOf = (address: Address): string | undefined => this.#names.get(textOf(address)) || undefined;

  /** Looks up the hosts of the first `count` of `rows` that are new. */
  async learn(batch: Batch, rows: Uint32Array, count: number): Promise<void> {
    const unknown = this.#unknownIn(batch, rows, count);
    if (unknown.length === 0 || this.#deaf) return;
    const until = performance.now() + BATCH_MS;
    let next = 0;
    let answers = 0;
    const ask = async (): Promise<void> => {
      for (let address; (address = unknown[next++]) !== undefined && performance.now() < until;) {
        if (await this.#ask(address)) answers += 1;
      }
    };
    await Promise.all(Array.from({ length: Math.min(QUESTIONS_AT_ONCE, unknown.length) }, ask));
    this.#deaf = answers === 0;
  }

  #unknownIn(batch: Batch, rows: Uint32Array, count: number): string[] {
    const unknown = new Set<string>();
    if (batch.kind !== FLOW_BATCH) return [];
    for (const field of FIELDS) {
      const column = batch.columns[field];
      if (column?.kind !== 'address') continue;
      for (let i = 0; i < count; i++) {
        const row = rows[i]!;
        const family = column.familyOf(row);
        if (!column.has(row) || (family !== IPV4_ADDRESS && family !== IPV6_ADDRESS)) continue;
        const lanes = [column.lane(0, row), column.lane(1, row), column.lane(2, row), column.lane(3, row)] as const;
        const text = textOf({ family, lanes });
        if (!this.#names.has(text)) unknown.add(text);
      }
    }
    return [...unknown];
  }

  /** @returns whether there was an answer, be it that the host has no name */
  async #ask(address: string): Promise<boolean> {
    let name: string;
    try {
      [name = ''] = await this.#resolver.reverse(address);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      if (code !== 'ENOTFOUND' && code !== 'ENODATA') return false;
      name = '';
    }
    if (this.#names.size >= NAMES_MAX) for (const oldest of this.#names.keys()) if (this.#names.delete(oldest)) break;
    this.#names.set(address, name);
    return true;
  }
}

function textOf({ family, lanes }: Address): string {
  return family === IPV4_ADDRESS ? formatIPv4(lanes[3]) : formatIPv6(...lanes);
}
