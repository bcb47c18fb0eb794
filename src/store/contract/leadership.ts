/** Options of a campaign. */
export interface CampaignOptions {
  /**
   * The time for which the leader leads without a renewal, in milliseconds: above 0, at most 100 years. Default: 15 000.
   */
  readonly leaseMs?: number | undefined;
}

/** The defaults of the options of a campaign. */
export const defaultCampaignOptions = { leaseMs: 15_000 } as const satisfies Required<CampaignOptions>;

/** A time in which one store leads, as the database issued it. */
export interface Term {
  /** The name of what is led: usually a feed. */
  readonly name: string;
  /** The name of the store that leads, as an owner: see `LedgerEntry.owner`. */
  readonly leader: string;
  /**
   * Grows with every term of the name, whoever leads. It is not below the time of the election in milliseconds, so that
   * none is given again by a database that begins anew, or from an older copy.
   */
  readonly number: number;
  /** Time of the election, by the database's clock. */
  readonly electedAt: Date;
  /** The length of the term without a renewal, and of each renewal, in milliseconds. */
  readonly leaseMs: number;
}

/** The present leader, as anybody may know it. */
export interface Leader extends Omit<Term, 'leaseMs'> {
  /** The end of the term, unless it is renewed before. */
  readonly leaseUntil: Date;
}

/**
 * Elections: of all stores that have the database open, one leads under a name. A leader polls a source, for example,
 * while the others stand by.
 *
 * A term lasts from a campaign, or from its latest renewal, for `leaseMs` by the database's clock. A leader that goes by
 * a clock of its own trusts its term from the *start* of the call, so that a slow answer never lengthens it: see `lead()`
 * for a loop that does. Every call may be repeated after its answer was lost.
 *
 * @example
 * const term = await store.leadership.campaign('news');
 * if (term !== null) {
 *   await pollOnce();
 *   await store.leadership.resign(term);
 * }
 */
export interface Leadership {
  /**
   * Tries to become the leader: where nobody leads, where the lease has run out, where it was made by a clock that was
   * more than two seconds ahead, and where the leader's process has certainly ended on this machine. For the present
   * leader it is a renewal, as `renew` is. It writes nothing while another one leads.
   *
   * Once a PostgreSQL database is found to have lost commits, by a failover for example, every campaign is told null for
   * `leaseMs`: a leader of whom the database knows nothing any more may trust its term for as long. Renewals go on.
   *
   * @returns The term; null while another store leads, or may lead.
   * @throws {SeenInputError} for a name without text, or a lease that never ran out, or at once.
   */
  campaign(name: string, options?: CampaignOptions): Promise<Term | null>;
  /**
   * Begins the lease anew. A lease that has run out can be renewed as long as nobody else was elected.
   *
   * @throws {SeenTermLostError} when the term is over: another one was elected, or this one resigned. The error tells who
   *   leads. Nothing brings the term back.
   */
  renew(term: Term): Promise<void>;
  /** Ends the term, so that the next campaign, of whomever, succeeds. One that is over stays as it is. */
  resign(term: Term): Promise<void>;
  /** The present leader; null when nobody leads. */
  current(name: string): Promise<Leader | null>;
  /** The present leaders under all names, in the order of these. */
  all(): Promise<Leader[]>;
}
