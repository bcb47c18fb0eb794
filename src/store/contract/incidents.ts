/**
 * A subject that fails again this soon after it worked, in milliseconds, has relapsed: it was not well yet. 30 minutes.
 */
export const RELAPSE_MS = 30 * 60_000;

/** Something that fails, from the first failure on. People are told when it lasts, and when it is over. */
export interface Incident {
  /** Unlike that of any other incident, also of the same subject. */
  readonly id: string;
  /**
   * The name of what fails, as whoever opened the incident gave it. A subject has at most one incident. Those of the
   * feeds are `source:FEED`, `model:FEED`, `budget:FEED`, `backlog:FEED`, `channel:ID` and `store`.
   */
  readonly subject: string;
  /** The latest reason that was given. */
  readonly reason: string;
  /** Time of the first failure. */
  readonly since: Date;
  /**
   * True for an incident that began within 30 minutes of the end of one of the same subject that people were told of.
   */
  readonly isRelapse: boolean;
  /**
   * Time at which a message about the present state, failing or over, began to be sent; null when none is under way.
   */
  readonly intentAt: Date | null;
  /** Time at which people were told of the failure; null when they were not. */
  readonly toldAt: Date | null;
  /** Time of the end; null while it goes on. */
  readonly overAt: Date | null;
}

/**
 * The failures that go on, and what people were told of them. Kept over restarts, and shared by all that have the
 * database open: whoever opens an incident, anybody may close it.
 *
 * A message is sent as a post is: with an intent that is saved before it leaves, and a nonce made from the incident's
 * id, so that those who send it at the same time make one message.
 *
 * A program may open incidents of its own. It chooses subjects that are not a feed's (see {@link Incident.subject}),
 * since a feed closes those itself.
 *
 * @example
 * await store.incidents.open('source:news', 'no answer within 10 s');
 * // Later, once it works again:
 * const over = await store.incidents.close('source:news');
 */
export interface Incidents {
  /**
   * Notes that the subject fails. An incident that goes on keeps its beginning and gets the new reason; a beginning
   * that lies ahead, because the clock was set back, is pulled to the present.
   */
  open(subject: string, reason: string): Promise<Incident>;
  /** The incidents that go on, the oldest first. */
  current(): Promise<Incident[]>;
  /** The incidents that are over and whose end people have yet to be told, the oldest first. */
  ended(): Promise<Incident[]>;
  /**
   * Notes that the subject works. Of an incident that nobody was told of nothing is left to tell.
   *
   * @returns The incident that ended with this call; null when there was none.
   */
  close(subject: string): Promise<Incident | null>;
  /**
   * Records, before the message about the incident leaves, that it may exist.
   *
   * @returns The incident, with the time of the first intent; null when there is nothing to tell any more: it was told,
   *   or its state has changed.
   */
  saveIntent(incident: Incident): Promise<Incident | null>;
  /** Records that the message was certainly not made. */
  dropIntent(incident: Incident): Promise<void>;
  /**
   * Records that people were told of the state that `incident` is in: that it fails, or that it is over.
   *
   * @returns True for the one call that recorded it, whoever else told the same.
   */
  markTold(incident: Incident): Promise<boolean>;
}
