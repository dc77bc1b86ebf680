import { join } from 'node:path';
import type { Authority } from './cert-files.ts';

const SOON_MS = 30 * 86_400_000;

export function authorityText(authority: Authority, folder: string): string {
  const until = day(new Date(authority.untilMs));
  const file = join(folder, 'ca.crt');
  if (!authority.isNew) return `Authority ${file}, good until ${until}.\n`;
  return `${[
    `Made an authority, good until ${until}: ${file}`,
    `  Everybody gets ca.crt. Its key, ${join(folder, 'ca.key')}, stays here: whoever has it can make certificates.`,
    '  Keep a copy of both where nobody comes by.',
  ].join('\n')}\n`;
}

export function keptText(path: string, until: Date, nowMs: number): string {
  const remark = until.getTime() - nowMs < SOON_MS ? '; make a new one with --renew' : '';
  return `Kept ${path}, which is good until ${day(until)}${remark}.\n`;
}

export function hostText(folder: string, name: string): string {
  return `${[
    `Made ${join(folder, `${name}.crt`)} and its key. On ${name}:`,
    `  copy ca.crt, ${name}.crt and ${name}.key there, where only the account that runs the daemon reads the key; then`,
    `  argus -P 561 --tls-cert ${name}.crt --tls-key ${name}.key --tls-ca ca.crt     (radium the same)`,
    '  A daemon that runs already takes up new files when it gets the signal HUP.',
  ].join('\n')}\n`;
}

export function clientText(folder: string, name: string): string {
  return `${[
    `Made ${join(folder, `${name}.crt`)} and its key. Where ${name} reads:`,
    `  copy ca.crt, ${name}.crt and ${name}.key there, and then`,
    `  ra -S argus-tls://HOST --tls-ca ca.crt --tls-cert ${name}.crt --tls-key ${name}.key`,
  ].join('\n')}\n`;
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
