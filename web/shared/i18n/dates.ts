import type { Locale } from './locales';

/**
 * A calendar date (`2027-01-31`) as people here write it. By hand, because browsers often carry no Kazakh calendar data,
 * and because a bare date must not move by a day with the time zone.
 */
export function calendarDate(iso: string, locale: Locale): string {
  const parts = /^(\d{4})-(\d{2})-(\d{2})/.exec(iso);
  if (!parts) return iso;
  const [, year, month, day] = parts;
  if (locale !== 'en') return `${day}.${month}.${year}`;
  const noon = new Date(`${year}-${month}-${day}T12:00:00Z`);
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(noon);
}
