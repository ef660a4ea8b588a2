import type { VerificationView } from '../../shared/api/verification';
import type { Fault } from '../../shared/capture/answers';

/**
 * Until when captures of this face are locked (milliseconds since 1970), if they are. The view names the moment; a refusal
 * only a number of seconds from when it came.
 */
export function lockedUntil(face: VerificationView['face'], refusal: { fault: Fault; at: number } | null): number | null {
  if (face.locked_until) return Date.parse(face.locked_until);
  if (refusal?.fault.code !== 'face_locked') return null;
  return refusal.at + Math.max(1, refusal.fault.retry_after ?? 1) * 1000;
}
