import { printable } from '../core/sanitize.ts';

export type Labels = Readonly<Record<string, string | number>>;

/** Values of all families together; further ones are left out, and how many those were is a value of its own. */
const VALUES_MAX = 20_000;
/** Characters of a label's value. */
const LABEL_MAX = 255;

const NAME = /^[a-z][a-z0-9_]*$/;

interface Family {
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly lines: string[];
}

/**
 * Figures of a program at one moment, to be scraped: made for each scrape, filled, and printed in the text format 0.0.4 of
 * Prometheus. Names begin with `panoptes_` and end in their unit; those of counters end in `_total`.
 */
export class Metrics {
  readonly #families = new Map<string, Family>();
  #values = 0;
  #leftOut = 0;

  /**
   * Something that only grows while the program runs.
   * @param value what is not finite is not known, and not given
   * @throws {RangeError} for a name that the format does not allow, or that is used for another type; that is a bug
   */
  counter(name: string, help: string, value: number | undefined, labels: Labels = {}): void {
    if (!name.endsWith('_total')) throw new RangeError(`the counter ${name} does not end in _total`);
    this.#add(name, 'counter', help, value, labels);
  }

  /** As `counter`, for what goes up and down. */
  gauge(name: string, help: string, value: number | undefined, labels: Labels = {}): void {
    this.#add(name, 'gauge', help, value, labels);
  }

  #add(name: string, type: Family['type'], help: string, value: number | undefined, labels: Labels): void {
    if (value === undefined || !Number.isFinite(value)) return;
    let family = this.#families.get(name);
    if (family === undefined) {
      if (!NAME.test(name)) throw new RangeError(`'${name}' is no name of a metric`);
      this.#families.set(name, (family = { type, help, lines: [] }));
    }
    if (family.type !== type) throw new RangeError(`${name} is a ${family.type}`);
    if (this.#values >= VALUES_MAX) this.#leftOut += 1;
    else {
      this.#values += 1;
      family.lines.push(`${name}${labelText(labels)} ${value}\n`);
    }
  }

  /** The text of a scrape. */
  text(): string {
    const name = 'panoptes_metrics_left_out_values';
    const families = new Map(this.#families);
    if (this.#leftOut > 0) {
      const help = `Values that this page has no room for, beyond ${VALUES_MAX}.`;
      families.set(name, { type: 'gauge', help, lines: [`${name} ${this.#leftOut}\n`] });
    }
    return [...families]
      .filter(([, { lines }]) => lines.length > 0)
      .map(
        ([each, { type, help, lines }]) =>
          `# HELP ${each} ${escapeHelp(help)}\n# TYPE ${each} ${type}\n${lines.join('')}`,
      )
      .join('');
  }
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => {
    if (!NAME.test(name)) throw new RangeError(`'${name}' is no name of a label`);
    return `${name}="${escapeLabel(String(value))}"`;
  });
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeLabel(value: string): string {
  return printable(value.slice(0, LABEL_MAX)).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
