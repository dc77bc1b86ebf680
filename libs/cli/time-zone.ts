import { UsageError } from '../core/errors.ts';

/**
 * @param where it stands, for messages
 * @throws {UsageError} for a zone that the system does not know
 */
export function checkTimeZone(zone: string, where = ''): void {
  try {
    Intl.DateTimeFormat('en', { timeZone: zone }).format(0);
  } catch {
    throw new UsageError(`${where}'${zone}' is no time zone`, { hint: 'Write one as Europe/Berlin or UTC.' });
  }
}

/**
 * From here on local times of this process are those of the zone.
 * @throws {UsageError} for a zone that the system does not know
 */
export function setTimeZone(zone: string): void {
  checkTimeZone(zone);
  process.env['TZ'] = zone;
}

/** Rules of POSIX with a summer time, or with a name in brackets. */
const RULE = /^:?(?:<|[A-Za-z]{3,}[+-]?[\d:]+[A-Za-z<])/;
const ZONE_FILE = /^:?\/usr\/share\/zoneinfo\/(?:posix\/|right\/)?(.+)$/;

/**
 * Takes what `TZ` holds as other programs do. Node takes rules for UTC, and the summer time of a zone's file for its winter time.
 * @throws {UsageError} for rules, and the file of a zone that the system does not know
 */
export function takeTimeZone(zone: string): void {
  const file = ZONE_FILE.exec(zone)?.[1];
  if (file !== undefined) setTimeZone(file);
  else if (/^:?\/etc\/localtime$/.test(zone)) delete process.env['TZ'];
  else if (RULE.test(zone)) checkTimeZone(zone, '$TZ: ');
}
