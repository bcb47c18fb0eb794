/** A person's answer: post the held items, or mark them as seen without a post. */
export type HoldDecision = 'post' | 'mark';

/** The question about a hold, in one channel. */
export interface HoldQuestion {
  readonly channelId: string;
  /** Time at which the question was noted, before its request left. */
  readonly askedAt: Date;
  /** The message with the question; null as long as nobody knows whether there is one. */
  readonly messageId: string | null;
}

/** A batch that the flood breaker kept back until somebody decides about it. */
export interface Hold {
  readonly id: number;
  /**
   * The hold's unguessable name, 32 hexadecimal digits. Unlike the id, it is the same in no other database: a button
   * that carries it decides about this hold or about none.
   */
  readonly name: string;
  readonly feed: string;
  readonly createdAt: Date;
  /** The ids kept back. */
  readonly ids: readonly string[];
  /** Null until somebody decides. */
  readonly decision: HoldDecision | null;
  /** The user who decided. */
  readonly decidedBy: string | null;
  /** Questions about the hold, at most one per channel; the oldest first. */
  readonly questions: readonly HoldQuestion[];
}

/** Batches that wait for a person. A feed has at most one open hold. */
export interface Holds {
  /** Opens a hold, or returns the one that is open. */
  open(feed: string, ids: readonly string[]): Promise<Hold>;
  /** The feed's open hold: undecided, or decided but not yet carried out. */
  current(feed: string): Promise<Hold | null>;
  /** The open holds of all feeds, the oldest first. */
  list(): Promise<Hold[]>;
  /** Adds ids to a hold that nobody has decided about yet; null when somebody has. */
  extend(id: number, ids: readonly string[]): Promise<Hold | null>;
  /**
   * Notes that the question is about to be asked in a channel. It takes the place of the one that was asked there
   * before.
   *
   * @param known The question in that channel that the caller knows of; null for none.
   * @returns Null when there is nothing to ask: somebody has decided, or another process has asked meanwhile.
   */
  startQuestion(id: number, channelId: string, known: HoldQuestion | null): Promise<HoldQuestion | null>;
  /** Records the message of a question, unless another question has taken its place. */
  saveQuestion(id: number, question: HoldQuestion, messageId: string): Promise<void>;
  /** Forgets a question that is not in its channel, unless another one has taken its place. */
  dropQuestion(id: number, question: HoldQuestion): Promise<void>;
  /**
   * Decides about a hold. The first decision stands.
   *
   * @param hold Its name or its id. A button carries the name: the same id is another hold's in another database.
   * @returns The hold with the decision that stands; null when it has been carried out, or never existed.
   */
  decide(hold: string | number, decision: HoldDecision, userId: string): Promise<Hold | null>;
  /** Ends a hold whose decision has been carried out. */
  finish(id: number): Promise<void>;
}
