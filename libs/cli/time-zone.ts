import { UsageError } from '../core/errors.ts';

/** @throws {UsageError} for a zone that the system does not know */
export function checkTimeZone(zone: string): void {
  try {
    Intl.DateTimeFormat('en', { timeZone: zone }).format(0);
  } catch {
    throw new UsageError(`'${zone}' is no time zone`, { hint: 'Write one as Europe/Berlin or UTC.' });
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
