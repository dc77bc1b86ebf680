const PROTOCOL = '(?:tcp|udp|icmp|arp)';
const ADDRESS = String.raw`\d{1,3}(?:\.\d{1,3}){3}`;
const TERM = `(?:${PROTOCOL}|host ${ADDRESS}|net ${ADDRESS}/\\d{1,2}|port \\d{1,5})`;
const EXPRESSIBLE = new RegExp(`^${TERM}(?:(?: and ${TERM})*|(?: or ${TERM})*)$`);
const CHARACTERS_MAX = 1024;

/**
 * The filter that a real Argus server is sent: only what it is known to understand as we do. It may turn a flow round where
 * we do not, so words of one side are not among it, nor is `not`.
 * @param filter in the language of `libs/filter`
 * @returns undefined when all of it must be applied here
 */
export function remoteFilter(filter: string): string | undefined {
  const words = filter.trim().replaceAll(/\s+/g, ' ');
  if (words.length > CHARACTERS_MAX || !EXPRESSIBLE.test(words)) return undefined;
  return `man or (${words})`; // management records come whatever is asked for
}
