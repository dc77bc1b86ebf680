import { closeSync, openSync, readSync } from 'node:fs';

export type PortProtocol = 'tcp' | 'udp';

/** Where systems keep the names of ports; what it holds goes before our own table. */
const SERVICES_FILE = '/etc/services';
/** Of a longer file the rest is not read. */
const SERVICES_BYTES_MAX = 1 << 20;

/** Used where there is no services file: `name port protocols`, t TCP, u UDP (IANA service names). */
const WELL_KNOWN =
  'tcpmux 1 t,echo 7 tu,discard 9 tu,systat 11 t,daytime 13 tu,netstat 15 t,qotd 17 t,chargen 19 tu,ftp-data 20 t,' +
  'ftp 21 t,ssh 22 t,telnet 23 t,smtp 25 t,time 37 tu,whois 43 t,tacacs 49 tu,domain 53 tu,bootps 67 u,bootpc 68 u,' +
  'tftp 69 u,gopher 70 t,finger 79 t,http 80 t,kerberos 88 tu,iso-tsap 102 t,acr-nema 104 t,pop3 110 t,sunrpc 111 tu,' +
  'auth 113 t,nntp 119 t,ntp 123 u,epmap 135 t,netbios-ns 137 u,netbios-dgm 138 u,netbios-ssn 139 t,imap2 143 t,' +
  'snmp 161 tu,snmp-trap 162 tu,xdmcp 177 u,bgp 179 t,ipx 213 u,ptp-event 319 u,ptp-general 320 u,ldap 389 tu,' +
  'svrloc 427 tu,https 443 tu,microsoft-ds 445 t,kpasswd 464 tu,submissions 465 t,isakmp 500 u,exec 512 t,biff 512 u,' +
  'login 513 t,who 513 u,shell 514 t,syslog 514 u,printer 515 t,talk 517 u,ntalk 518 u,route 520 u,uucp 540 t,' +
  'klogin 543 t,kshell 544 t,dhcpv6-client 546 u,dhcpv6-server 547 u,afpovertcp 548 t,rtsp 554 tu,nntps 563 t,' +
  'submission 587 t,asf-rmcp 623 u,ipp 631 t,ldaps 636 tu,ldp 646 tu,kerberos-adm 749 t,domain-s 853 tu,rsync 873 t,' +
  'ftps-data 989 t,ftps 990 t,telnets 992 t,imaps 993 t,pop3s 995 t,socks 1080 t,rmiregistry 1099 t,openvpn 1194 tu,' +
  'lotusnote 1352 t,ms-sql-s 1433 t,ms-sql-m 1434 u,l2f 1701 u,radius 1812 tu,radius-acct 1813 tu,cisco-sccp 2000 t,' +
  'nfs 2049 tu,isns 3205 tu,iscsi-target 3260 t,mysql 3306 t,ms-wbt-server 3389 t,nut 3493 tu,distcc 3632 t,svn 3690 t,' +
  'sieve 4190 t,epmd 4369 t,ipsec-nat-t 4500 u,iax 4569 u,radmin-port 4899 t,munin 4949 t,sip 5060 tu,sip-tls 5061 tu,' +
  'xmpp-client 5222 t,xmpp-server 5269 t,mdns 5353 u,postgresql 5432 t,amqps 5671 t,amqp 5672 t,x11 6000 t,redis 6379 t,' +
  'syslog-tls 6514 t,babel 6696 u,ircd 6667 t,ircs-u 6697 t,afs3-fileserver 7000 u,http-alt 8080 t,git 9418 t,' +
  'zabbix-agent 10050 t,zabbix-trapper 10051 t,hkp 11371 t';

interface Services {
  readonly names: Readonly<Record<PortProtocol, ReadonlyMap<number, string>>>;
  readonly ports: ReadonlyMap<string, readonly Service[]>;
}

export interface Service {
  readonly port: number;
  readonly protocol: PortProtocol;
}

let loaded: Services | undefined;

/** The system's services, read once, on first use. */
function services(): Services {
  return (loaded ??= tableOf(readServices(SERVICES_FILE) ?? wellKnown()));
}

/** @returns undefined where the port has no name */
export function serviceName(port: number, protocol: PortProtocol): string | undefined {
  return services().names[protocol].get(port);
}

/** What a service's name, or one of its other names, stands for; empty when it is unknown. */
export function servicePorts(name: string): readonly Service[] {
  return services().ports.get(name) ?? [];
}

/** Every service name that `servicePorts` knows. */
export function serviceNames(): string[] {
  return [...services().ports.keys()];
}

/** A service with its other names. */
interface Entry extends Service {
  readonly names: readonly string[];
}

function tableOf(entries: readonly Entry[]): Services {
  const names = { tcp: new Map<number, string>(), udp: new Map<number, string>() };
  const ports = new Map<string, Service[]>();
  for (const { port, protocol, names: all } of entries) {
    if (!names[protocol].has(port) && all[0] !== undefined) names[protocol].set(port, all[0]);
    for (const name of all) {
      const known = ports.get(name) ?? [];
      ports.set(name, known);
      known.push({ port, protocol });
    }
  }
  return { names, ports };
}

function wellKnown(): Entry[] {
  return WELL_KNOWN.split(',').flatMap((entry) => {
    const [name = '', port = '', letters = ''] = entry.split(' ');
    const protocols = [...letters].map((letter): PortProtocol => (letter === 't' ? 'tcp' : 'udp'));
    return protocols.map((protocol) => ({ port: Number(port), protocol, names: [name] }));
  });
}

const LINE = /^([\w.+-]{1,40})\s+(\d{1,5})\/(tcp|udp)((?:\s+[\w.+-]{1,40})*)\s*(?:#|$)/;

/** Services in the format of services(5): `name port/protocol alias… # comment`. Lines that are not like that are passed over. */
export function parseServices(text: string): Entry[] {
  const entries: Entry[] = [];
  for (const line of text.split('\n')) {
    const [, name, port, protocol, aliases = ''] = LINE.exec(line) ?? [];
    if (name === undefined || Number(port) > 0xffff) continue;
    const names = [name, ...aliases.split(/\s+/).filter((alias) => alias !== '')];
    entries.push({ port: Number(port), protocol: protocol as PortProtocol, names });
  }
  return entries;
}

function readServices(path: string): Entry[] | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return undefined; // no such file: the own table serves
  }
  try {
    const bytes = new Uint8Array(SERVICES_BYTES_MAX);
    const length = readSync(file, bytes, 0, bytes.length, 0);
    const entries = parseServices(new TextDecoder('latin1').decode(bytes.subarray(0, length)));
    return entries.length === 0 ? undefined : entries;
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}
