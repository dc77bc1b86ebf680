import { printable } from './sanitize.ts';

/** `info`: what a reader of the log may want to know; `warning`: something is missing or will be; `error`: the command ends by it. */
export type Level = 'info' | 'warning' | 'error';

/** Figures and names that a program reading the log takes out of a message without parsing it. */
export type LogFields = Readonly<Record<string, string | number | boolean>>;

/**
 * `plain`: `program: message`, for people. `journal`: the same with a priority before each line, as systemd's journal takes it
 * (sd-daemon(3)). `syslog`: a datagram for /dev/log (RFC 3164 §4.1). `json`: an object a line.
 */
export type LogStyle = 'plain' | 'journal' | 'syslog' | 'json';

export interface Message {
  readonly program: string;
  readonly level: Level;
  /** Lines that our own code laid out stand apart; anything else in it that would move a cursor becomes a dot. */
  readonly text: string;
  readonly fields: LogFields;
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
}

/** Severities of syslog (RFC 5424 §6.2.1). */
const PRIORITY = { error: 3, warning: 4, info: 6 } as const satisfies Record<Level, number>;
/** The facility of daemons, times 8. */
const DAEMON = 24;

/** The message as it leaves the process, with its newline where it has one. */
export function formatMessage(style: LogStyle, message: Message): string {
  const { program, level, text, timeMs } = message;
  const lines = text.split('\n').map(printable);
  if (style === 'json') return `${JSON.stringify(jsonOf(message, lines.join('\n')))}\n`;
  const said = `${program}: ${lines.join('\n')}`;
  if (style === 'plain') return `${said}\n`;
  if (style === 'journal') return said.split('\n').map((line) => `<${PRIORITY[level]}>${line}\n`).join(''); // prettier-ignore
  return `<${DAEMON + PRIORITY[level]}>${syslogTime(timeMs)} ${program}[${process.pid}]: ${lines.join(' ')}`;
}

function jsonOf({ program, level, fields, timeMs }: Message, message: string): Record<string, unknown> {
  const clean = Object.entries(fields).map(([name, value]): [string, LogFields[string]] => [
    name,
    typeof value === 'string' ? printable(value) : value,
  ]);
  return {
    ...Object.fromEntries<LogFields[string]>(clean),
    time: new Date(timeMs).toISOString(),
    level,
    program,
    pid: process.pid,
    message,
  };
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function syslogTime(timeMs: number): string {
  const time = new Date(timeMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = String(time.getDate()).padStart(2, ' ');
  return `${MONTHS[time.getMonth()]} ${day} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}
