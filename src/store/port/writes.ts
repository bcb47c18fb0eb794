import type { HoldDecision } from '../contract/holds.ts';
import type { PurgeControl, PurgeResult } from '../contract/seen-store.ts';
import type { LostClaim } from '../errors.ts';
import type {
  CoverageRow,
  CycleRow,
  GrantedRow,
  IncidentRow,
  LossRow,
  QuestionRow,
  ScopeRow,
  SpendingRow,
  WithPosts,
  WithQuestions,
} from '../rows.ts';
import type { ClaimRef, Change } from './change.ts';
import type { LeaderWrites } from './leader-writes.ts';
import type { MoveWrites } from './transfer.ts';

export interface Writes
  extends
    SeenWrites,
    ClaimWrites,
    CycleWrites,
    CoverageWrites,
    HoldWrites,
    IncidentWrites,
    SpendingWrites,
    ScopeWrites,
    LossWrites,
    LeaderWrites,
    MoveWrites {}

/** Writes of the table `seen`. Times are Unix times in seconds. */
export interface SeenWrites {
  /** Inserts the ids, or refreshes their time. */
  markSeen(ids: readonly string[], ts: number): Promise<void>;
  /** Refreshes those of the ids that are there and older than `before`. */
  touch(ids: readonly string[], ts: number, before: number): Promise<void>;
  /** Deletes the ids last marked before `before`, in short transactions. The ledger still knows what was posted. */
  expire(before: number, control: PurgeControl): Promise<PurgeResult>;
  /** The same, and the ledger forgets with it: the items begin anew. */
  forget(before: number, control: PurgeControl): Promise<PurgeResult>;
}

/** A request as it is stored. */
export interface ItemRequest {
  readonly id: string;
  /** JSON text, kept to the letter; null for a request without a payload. */
  readonly payload: string | null;
}

/** The terms that all claims of one call share. */
export interface GrantTerms {
  readonly feed: string;
  readonly owner: string;
  readonly leaseMs: number;
  /** A retry that lies further ahead than this is due; null where any pause counts. */
  readonly longestPauseMs: number | null;
  /** The highest token that the owner was given: the next one is above it. */
  readonly tokenAfter: number;
  /** Time for which a loss of commits is remembered, in milliseconds. */
  readonly keepLossesMs: number;
}

/** The outcome of a grant. */
export interface Grant {
  /** The granted items. */
  readonly items: readonly WithPosts<GrantedRow>[];
  /** The losses of commits that were noticed within `keepLossesMs`, this moment included. */
  readonly losses: readonly LossRow[];
}

/** The claim lifecycle. The backend stamps it with its own time: the one that decides leases. */
export interface ClaimWrites {
  /**
   * Grants what is neither seen, nor failed, nor leased to a living owner, nor waiting for its retry, in one conditional
   * write, and marks as seen again what the ledger knows as posted.
   *
   * The token of the grant is above all that the database has given, and not below the time in milliseconds: a database
   * that begins anew, or from an older copy, gives none again.
   *
   * A database whose tokens do not reach `tokenAfter` has lost commits. That is noticed here at the latest, with or
   * without a grant; kept for all processes; and logged once.
   *
   * @returns The granted items in the order of the requests.
   */
  claim(requests: readonly ItemRequest[], terms: GrantTerms): Promise<Grant>;
  /**
   * Grants unfinished items of the feed that are due, those first that have been for longest: since their retry, or since
   * they last changed. Of two that have been due for as long, the one whose last claim is older; but those whose pause
   * ended then come in the order of their places.
   */
  claimWaiting(limit: number, terms: GrantTerms): Promise<Grant>;
  /**
   * Makes the change for the claims that still own their item: those whose token counts, and is the owner's. Committing a
   * claim again changes nothing.
   *
   * @param claims None of them twice.
   * @returns The evidence for the others. It is returned, not thrown: the change of the former stands.
   */
  change(claims: readonly ClaimRef[], owner: string, change: Change): Promise<LostClaim[]>;
  /**
   * Makes failed items claimable again, and returns how many there were.
   *
   * @param ids Null for all of them.
   */
  retry(ids: readonly string[] | null): Promise<number>;
  /**
   * Drops items that ended, or were marked as seen while they waited, and have not changed since `before`, in short
   * transactions. A dropped dead letter leaves its id seen.
   */
  dropItems(before: number, control: PurgeControl): Promise<void>;
}

/** Losses of commits. They are noted where something is granted. */
export interface LossWrites {
  /** Drops losses that were noticed before `before`, at most a thousand. */
  dropLosses(before: number): Promise<void>;
}

/** The consequences of a cycle for the history. */
interface CycleTerms {
  /** Days of cycles to keep, back from the cycle that finished last. A pause between two cycles does not count. */
  readonly keepDays: number;
  /** True when the cycle saw the feed whole. */
  readonly isLook: boolean;
  /** @see CycleWrites.noteOpen */
  readonly reachMs: number;
}

export interface CycleWrites {
  /** Adds a cycle. Where it was a look, the feed was watched until its end; where the store's watch is noted, that too. */
  recordCycle(cycle: CycleRow, terms: CycleTerms): Promise<void>;
  /**
   * Notes that the store was open at each of these times.
   *
   * @param reachMs Longest time between two looks of one stretch. A stretch that ends later than this after the present
   *   time was noted by a clock that was ahead: it has ended by now.
   */
  noteOpen(times: readonly number[], reachMs: number): Promise<void>;
}

export interface CoverageWrites {
  /** Replaces the feed's row. */
  saveCoverage(coverage: CoverageRow): Promise<void>;
}

/** The flood breaker's batches. A feed has at most one that is not finished, whoever tries at the same time. */
export interface HoldWrites {
  /** Opens a hold with a random name of 32 hexadecimal digits, or returns the open one. */
  openHold(feed: string, ids: readonly string[]): Promise<WithQuestions>;
  /** Adds ids; undefined when the hold is decided. */
  extendHold(id: number, ids: readonly string[]): Promise<WithQuestions | undefined>;
  /**
   * Notes a question as asked now and without a message, in place of `known`, or where there is none in that channel.
   *
   * @returns Undefined when another question is there, or the hold is decided.
   */
  startQuestion(id: number, channelId: string, known: QuestionRow | null): Promise<QuestionRow | undefined>;
  /** Changes nothing when another question has taken the place of this one. */
  saveQuestion(id: number, question: QuestionRow, messageId: string): Promise<void>;
  /** Changes nothing when another question has taken the place of this one. */
  dropQuestion(id: number, question: QuestionRow): Promise<void>;
  /**
   * The first decision stands.
   *
   * @param hold A name is text, and an id a number: the name "1" is not the hold 1.
   * @returns Undefined when the hold is finished.
   */
  decideHold(hold: string | number, decision: HoldDecision, userId: string): Promise<WithQuestions | undefined>;
  /** Ends the hold, and forgets its questions. */
  finishHold(id: number): Promise<void>;
}

/** An incident in the state that somebody tells of. */
export interface IncidentState {
  readonly id: string;
  readonly is: 'failing' | 'over';
}

/** The terms of an incident that is opened. */
interface IncidentTerms {
  /** The id of an incident that begins. */
  readonly id: string;
  /** An incident is a relapse when the one before it ended less than this ago, in milliseconds. */
  readonly relapseMs: number;
  /** The time for which incidents that are over are kept, in milliseconds. */
  readonly keepMs: number;
}

/** The incidents, at most one for a subject. Each write pulls times that lie ahead to the present. */
export interface IncidentWrites {
  /**
   * Opens an incident, or goes on with the one of the subject: also with one that is over but whose end nobody began to
   * tell, unless that ended longer than `relapseMs` ago.
   */
  openIncident(subject: string, reason: string, terms: IncidentTerms): Promise<IncidentRow>;
  /**
   * Ends the incident that goes on; undefined when there is none. One that nobody was told of is forgotten, but for a
   * relapse, which is remembered as one whose end was told.
   */
  closeIncident(subject: string): Promise<IncidentRow | undefined>;
  /** Undefined when the incident is not in that state, or people were told of it. A first intent stays. */
  saveIncidentIntent(state: IncidentState): Promise<IncidentRow | undefined>;
  dropIncidentIntent(state: IncidentState): Promise<void>;
  /** True for the one call that changed something. */
  markIncidentTold(state: IncidentState): Promise<boolean>;
}

/** The cost of an enrichment, and the budget of the day. */
export type SpentRow = Omit<SpendingRow, 'feed' | 'day'>;

/** The consequences of a spending for the history. */
interface SpendingTerms {
  /** Days to keep, back from the present one. A day on which no feed has spent anything does not count. */
  readonly keepDays: number;
  /** A day that begins further ahead than this, in milliseconds, was noted by a clock that was ahead. */
  readonly skewMs: number;
}

export interface SpendingWrites {
  /**
   * Adds to what the feed has spent in the present day, in one write, and drops days that are old, or too far ahead. The
   * backend goes by its own time.
   *
   * @returns The day's row.
   */
  addSpending(feed: string, spent: SpentRow, terms: SpendingTerms): Promise<SpendingRow>;
}

export interface ScopeWrites {
  /**
   * Finds the feed's scope, or decides about it by `decideScope`, in one transaction. Then copies the ids that the feed
   * inherits, in short transactions: those that another feed has claimed are left out, unless that one's last cycle came
   * before the first one of this feed.
   *
   * @param items The ids of each item that the feed lists.
   * @param control Its signal ends the copying early, with an error. The next call goes on.
   */
  assignScope(
    feed: string,
    items: readonly (readonly string[])[],
    control?: Pick<PurgeControl, 'signal'>,
  ): Promise<ScopeRow>;
}
