const HEADER = 'Rastau-Visit';

let shown: string | null = null;

/** Whose visit this page shows. Each step names it, so that none counts for a visit that has begun in another tab since. */
export const visit = {
  /** Its name; null until the server has told it. */
  get name(): string | null {
    return shown;
  },
  show(name: string | undefined): void {
    shown = name ?? null;
  },
  /** The page shows none; what it asks next tells it of the one that the browser is in. */
  forget(): void {
    shown = null;
  },
  headers(): Record<string, string> {
    return shown === null ? {} : { [HEADER]: shown };
  },
};

/** The code of a refusal that says that another one has begun. */
export const OTHER_VISIT = 'other_visit';
