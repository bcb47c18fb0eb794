import type { Term } from '../contract/leadership.ts';
import type { LostTerm } from '../errors.ts';
import type { LeaderRow } from '../rows.ts';

/** The name of a term. */
export type TermRef = Pick<Term, 'name' | 'number'>;

/** A lease on a term. */
interface TermLease {
  readonly owner: string;
  readonly leaseMs: number;
}

/** The terms, the latest of each name. The backend stamps them with its own time: the one that decides leases. */
export interface LeaderWrites {
  /**
   * Elects the owner, unless another one leads whose process has not certainly ended. Where the latest term is the
   * owner's, and it has not resigned, that one goes on with a new lease, also where the former has run out. The number of
   * a new term is above that of the one before, and not below the time in milliseconds.
   *
   * @returns The owner's term; undefined while another one leads.
   */
  campaign(name: string, lease: TermLease): Promise<(LeaderRow & { readonly leader: string }) | undefined>;
  /**
   * Begins the lease of the owner's term anew, also one that has run out.
   *
   * @returns The evidence where the term is over; undefined where it goes on.
   */
  renewTerm(term: TermRef, lease: TermLease): Promise<LostTerm | undefined>;
  /** Ends the owner's term. Changes nothing where it is over. */
  resignTerm(term: TermRef, owner: string): Promise<void>;
}
