import type { Role } from '../shared/api/console';

/** Who decides, approves or confirms is made so by two. */
const EYES: readonly Role[] = ['reviewer', 'supervisor', 'administrator'];

export const areEyes = (roles: readonly Role[]): boolean => roles.some((role) => EYES.includes(role));
