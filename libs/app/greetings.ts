import { APP, type FoundApp } from './found-app.ts';
import { find, lineEnd, octets, startsWith, wordEnd } from './octets.ts';

const LINE_BYTES_MAX = 512;
const SSH = octets('SSH-');
const READY = octets('220');
const FTP = octets('ftp');
const SMTP = octets('smtp');
const POP3 = octets('+OK');
const IMAP = octets('* OK');
const BLANK = 32;

/** The identification of SSH (RFC 4253 §4.2), which is also the name. */
export function recogniseSsh(view: DataView, offset: number, end: number, found: FoundApp): boolean {
  if (!startsWith(view, offset, end, SSH)) return false;
  found.app = APP.ssh;
  found.setName(view, offset, lineEnd(view, offset, Math.min(end, offset + LINE_BYTES_MAX)));
  return true;
}

/** How servers of SMTP (RFC 5321 §4.2) and FTP (RFC 959 §5.4) say that they are ready; of SMTP with the server's name. */
export function recogniseReady(view: DataView, offset: number, end: number, found: FoundApp): boolean {
  if (!startsWith(view, offset, end, READY) || offset + 4 > end) return false;
  const stop = lineEnd(view, offset, Math.min(end, offset + LINE_BYTES_MAX));
  if (find(view, offset, stop, SMTP) >= 0) {
    found.app = APP.smtp;
    found.setName(view, offset + 4, wordEnd(view, offset + 4, stop));
    return true;
  }
  if (find(view, offset, stop, FTP) < 0) return false;
  found.app = APP.ftp;
  return true;
}

/** The greetings of POP3 (RFC 1939 §4) and IMAP (RFC 9051 §7.1.1). */
export function recogniseMailbox(view: DataView, offset: number, end: number, found: FoundApp): boolean {
  if (startsWith(view, offset, end, IMAP)) found.app = APP.imap;
  else if (startsWith(view, offset, end, POP3) && (offset + 3 === end || view.getUint8(offset + 3) <= BLANK)) {
    found.app = APP.pop3;
  } else return false;
  return true;
}
