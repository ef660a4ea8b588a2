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

/** An instant (RFC 3339) as people here write it, by the clock of Almaty (UTC+5 all year), wherever the browser is. */
export function moment(iso: string, locale: Locale): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const almaty = new Date(at.getTime() + 5 * 3_600_000).toISOString();
  return `${calendarDate(almaty, locale)}, ${almaty.slice(11, 16)}`;
}
