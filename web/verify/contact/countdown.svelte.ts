const TICK_MS = 500;

/** Whole seconds until a moment, never less than none. */
export const secondsUntil = (iso: string, now: number = Date.now()): number => Math.max(0, Math.ceil((Date.parse(iso) - now) / 1000));

/** Seconds left until a moment that may change; call it where a component begins. */
export function countdown(moment: () => string): { readonly left: number } {
  let now = $state(Date.now());
  $effect(() => {
    const timer = setInterval(() => (now = Date.now()), TICK_MS);
    return () => clearInterval(timer);
  });
  return {
    get left() {
      return secondsUntil(moment(), now);
    },
  };
}
