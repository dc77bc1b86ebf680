import type { Arguments, OptionTable } from '../../libs/cli/options.ts';
import type { Timeouts } from '../../libs/flow/timeouts.ts';

const SECONDS = { arity: 'one', placeholder: 'SECONDS', number: { min: 0.1, max: 86_400 }, group: 'Flows' } as const;

/** How long flows may be silent before they end. The values by default are those of `libs/flow/timeouts.ts`. */
export const TIMEOUT_OPTIONS = {
  'tcp-timeout': { ...SECONDS, default: 60, text: 'Silence that ends a TCP connection.' },
  'ip-timeout': { ...SECONDS, default: 30, text: 'Silence that ends a flow of UDP, ESP or another IP protocol.' },
  'icmp-timeout': { ...SECONDS, default: 5, text: 'The same for ICMP.' },
  'igmp-timeout': { ...SECONDS, default: 30, text: 'The same for IGMP.' },
  'frag-timeout': { ...SECONDS, default: 5, text: 'The same for fragments whose first one is missing.' },
  'arp-timeout': { ...SECONDS, default: 5, text: 'The same for ARP.' },
  'other-timeout': { ...SECONDS, default: 30, text: 'The same for what is not IP.' },
} as const satisfies OptionTable;

export function timeoutsOf(args: Omit<Arguments<typeof TIMEOUT_OPTIONS>, 'operands'>): Timeouts {
  return {
    tcpUs: args['tcp-timeout'] * 1e6,
    ipUs: args['ip-timeout'] * 1e6,
    icmpUs: args['icmp-timeout'] * 1e6,
    igmpUs: args['igmp-timeout'] * 1e6,
    fragmentUs: args['frag-timeout'] * 1e6,
    arpUs: args['arp-timeout'] * 1e6,
    otherUs: args['other-timeout'] * 1e6,
  };
}
