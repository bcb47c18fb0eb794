/** A condition that some tests set for the machine they run on. */
export interface Requirement {
  readonly missing: boolean;
  /** The reason for a skip, to be put behind the title of each test that needs it. Empty where nothing is missing. */
  readonly note: string;
}

/** @param reason The reason for the skip where it is not met. */
export function requirement(met: boolean, reason: string): Requirement {
  return { missing: !met, note: met ? '' : ` (skipped: ${reason})` };
}

/** A system that tells which processes live. */
export const linux = requirement(process.platform === 'linux', 'only Linux tells for certain');
