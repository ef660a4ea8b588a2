import type { QueueRow } from '../shared/api/console';
import { t } from './say';
import { waiting } from './waiting';

type Timed = Pick<QueueRow, 'status' | 'due_at'>;

/** Whether somebody still has to look. */
const waits = ({ status }: Timed): boolean => status === 'open' || status === 'proposed';

export const isLate = (row: Timed, now: number): boolean => waits(row) && Date.parse(row.due_at) < now;

/** When somebody should have looked, from now; nothing once it is over. */
export function dueIn(row: Timed, now: number): string {
  if (!waits(row)) return '';
  const left = Date.parse(row.due_at) - now;
  return left < 0 ? t('due.over', { time: waiting(-left) }) : t('due.in', { time: waiting(left) });
}

/** The number by which people call a case: the end of its id, which is drawn at random. */
export const shortNumber = (id: string): string => id.slice(-6).toUpperCase();
