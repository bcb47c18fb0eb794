/** A library that a user might take in place of this store. */
export interface Peer {
  /** Which of the ids are unseen. */
  filterUnseen(ids: readonly string[]): Promise<readonly string[]> | readonly string[];
  close(): Promise<void> | void;
}

/** A server that nobody has started here. */
export class UnreachableError extends Error {
  constructor(what: string, variable: string, cause: unknown) {
    const reason = cause instanceof Error && cause.message !== '' ? cause.message : String(cause);
    super(`${what} is not reached (${reason}); ${variable} names another`, { cause });
  }
}
