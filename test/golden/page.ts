/** A command of a page, with the output that the page shows for it. */
export interface Example {
  readonly script: string;
  readonly output: string | undefined;
}

const EXAMPLE = /^```sh\n([\s\S]*?)^```\n(?:\n```text\n([\s\S]*?)^```\n)?/gm;

/** The shell blocks of a page in their order, each with the block of text that follows it at once, if any. */
export function examples(page: string): Example[] {
  return [...page.matchAll(EXAMPLE)].map(([, script = '', output]) => ({ script, output }));
}

/** The page with the outputs that it shows replaced by those that `outputOf` gives. */
export function withOutputs(page: string, outputOf: (script: string) => string): string {
  return page.replace(EXAMPLE, (whole: string, script: string, shown: string | undefined) => {
    if (isForNpm(script) || isLive(script)) return whole;
    const output = asShown(outputOf(script));
    return shown === undefined ? whole : `\`\`\`sh\n${script}\`\`\`\n\n\`\`\`text\n${output}\`\`\`\n`;
  });
}

/** An output as a page can show it: without the spaces at the ends of lines, which no reader sees and formatters remove. */
export function asShown(output: string): string {
  return output.replace(/ +$/gm, '');
}

/** Whether it is about this project itself, where a test cannot simply run it. */
export function isForNpm(script: string): boolean {
  return script.startsWith('npm ');
}

/** Whether it goes on until someone stops it. */
export function isLive(script: string): boolean {
  return /^sudo |-S /.test(script);
}
