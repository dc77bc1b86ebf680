import assert from 'node:assert/strict';

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const SAMPLE =
  /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\]|\\[\\"n])*"(?:,(?=[a-zA-Z_])|(?=\})))*)\})? (\S+)$/u;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\[\\"n])*)"/gu;

/** Reads the text format 0.0.4 of Prometheus as its grammar has it, strictly. @throws {AssertionError} */
export function parseExposition(text: string): Sample[] {
  if (text === '') return [];
  assert.ok(text.endsWith('\n'), 'the last line ends');
  const samples: Sample[] = [];
  const types = new Map<string, string>();
  const seen = new Set<string>();
  let family = '';
  for (const line of text.slice(0, -1).split('\n')) {
    const [, comment, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (comment === 'HELP') {
      assert.ok(!types.has(name), `${name} stands together`);
      family = name;
    } else if (comment === 'TYPE') {
      assert.equal(name, family);
      assert.match(rest, /^(counter|gauge)$/);
      assert.equal(rest === 'counter', name.endsWith('_total'));
      types.set(name, rest);
    } else {
      const [, sample = '', labels = '', value = ''] = SAMPLE.exec(line) ?? assert.fail(`not a sample: ${line}`);
      assert.equal(sample, family);
      assert.ok(types.has(sample));
      assert.ok(!seen.has(`${sample}{${labels}}`), `${line} once`);
      seen.add(`${sample}{${labels}}`);
      assert.ok(value !== '' && !Number.isNaN(Number(value)), line);
      const pairs = [...labels.matchAll(LABEL)].map(([, key = '', quoted = '']) => [key, unescape(quoted)] as const);
      samples.push({ name: sample, labels: Object.fromEntries(pairs), value: Number(value) });
    }
  }
  return samples;
}

const unescape = (text: string): string =>
  text.replace(/\\(.)/gu, (_, character: string) => (character === 'n' ? '\n' : character));
