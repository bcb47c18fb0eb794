/** A person's answer: post the held items, or mark them as seen without a post. */
export type HoldDecision = 'post' | 'mark';

/** A batch that the flood breaker kept back until somebody decides about it. */
export interface Hold {
  readonly id: number;
  readonly feed: string;
  readonly createdAt: Date;
  /** The ids kept back. */
  readonly ids: readonly string[];
  /** Null until somebody decides. */
  readonly decision: HoldDecision | null;
  /** The user who decided. */
  readonly decidedBy: string | null;
  /** True once the question has reached Discord. */
  readonly asked: boolean;
}

/** Batches that wait for a person. A feed has at most one open hold. */
export interface Holds {
  /** Opens a hold, or returns the one that is open. */
  open(feed: string, ids: readonly string[]): Promise<Hold>;
  /** The feed's open hold: undecided, or decided but not yet carried out. */
  current(feed: string): Promise<Hold | null>;
  /** Adds ids to a hold that nobody has decided about yet; null when somebody has. */
  extend(id: number, ids: readonly string[]): Promise<Hold | null>;
  /** Records that the question is in the channel. */
  markAsked(id: number): Promise<void>;
  /**
   * Decides about a hold. The first decision stands.
   *
   * @returns The hold with the decision that stands; null when it has been carried out, or never existed.
   */
  decide(id: number, decision: HoldDecision, userId: string): Promise<Hold | null>;
  /** Ends a hold whose decision has been carried out. */
  finish(id: number): Promise<void>;
}
