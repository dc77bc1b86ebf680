import type { LinkEvent } from '../../libs/capture/link-event.ts';

const WORDS: Readonly<Record<LinkEvent['state'], string>> = {
  down: 'is down; no packets come until it is up again',
  up: 'is up again',
  gone: 'is gone; it is waited for',
  back: 'is back',
};

/** What happened to an interface, for the log. */
export function linkWords({ device, state }: LinkEvent): string {
  return `${device} ${WORDS[state]}`;
}
