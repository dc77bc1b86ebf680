import { recogniseDns } from './dns.ts';
import { recogniseBitTorrent, recogniseMqtt, recogniseRdp } from './first-bytes.ts';
import { APP, type FoundApp, type Recogniser } from './found-app.ts';
import { recogniseMailbox, recogniseReady, recogniseSsh } from './greetings.ts';
import { recogniseHttp, takeHost } from './http.ts';
import { recogniseQuic } from './quic.ts';
import { findServerName, recogniseTls } from './tls.ts';

const TCP = 6;
const UDP = 17;
const DNS_PORT = 53;
const MULTICAST_DNS_PORT = 5353;

const OVER_TCP: readonly Recogniser[] = [
  recogniseTls,
  recogniseHttp,
  recogniseSsh,
  recogniseReady,
  recogniseMailbox,
  recogniseRdp,
  recogniseMqtt,
  recogniseBitTorrent,
];

/**
 * Looks at one packet's payload, [offset, end) of the view, for what application it is of.
 * @param protocol IP protocol
 * @param found what earlier packets of the flow told, to which this one adds
 * @returns whether there is nothing more to learn
 */
export function recognise(
  view: DataView,
  offset: number,
  end: number,
  protocol: number,
  sourcePort: number,
  destinationPort: number,
  found: FoundApp,
): boolean {
  if (protocol === TCP) {
    if (found.app === 0) OVER_TCP.some((recogniser) => recogniser(view, offset, end, found));
    else if (found.app === APP.tls) findServerName(view, offset, end, found);
    else if (found.app === APP.http) takeHost(view, offset, end, found);
  } else if (protocol === UDP) {
    if (isDnsPort(sourcePort) || isDnsPort(destinationPort)) recogniseDns(view, offset, end, found);
    else recogniseQuic(view, offset, end, found);
  }
  return found.app !== 0 && (found.nameBytes > 0 || !isNamedLater(found.app));
}

const isDnsPort = (port: number): boolean => port === DNS_PORT || port === MULTICAST_DNS_PORT;

/** Whether the name may come in a later packet than what tells the application. */
function isNamedLater(app: number): boolean {
  return app === APP.tls || app === APP.http || app === APP.quic || app === APP.quicv2;
}
