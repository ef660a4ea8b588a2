/** Where the types of the interface stand. */
export const GENERATED: string;
/** What they would be now. */
export function generate(): Promise<string>;
