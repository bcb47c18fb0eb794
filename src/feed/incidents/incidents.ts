import { monotonicNow } from '../../store/clock.ts';
import { RELAPSE_MS, type Incident } from '../../store/contract/incidents.ts';
import { channelPauseMs } from '../backoff.ts';
import type { DeliveryContext } from '../context.ts';
import type { IncidentSignals } from '../incident-signals.ts';
import type { ResolvedDeliveryOptions } from '../options.ts';
import { isStoreFault } from '../progress/store-faults.ts';
import { BacklogWatch, type BacklogLook } from './backlog.ts';
import { cleanReason, describeError } from './clean-reason.ts';
import { IncidentKeeper, type Kept } from './keeper.ts';
import { processIncidents } from './process-incidents.ts';
import { isShared, isUrgent, nameOf, type IncidentSubject } from '../incident-subject.ts';
import { tell, type Destination } from './tell.ts';
import { failingMessage, overMessage, wordsOf, type CycleSummary } from './words.ts';

interface Context extends Pick<DeliveryContext<unknown, unknown>, 'store' | 'rest' | 'clock' | 'logger'> {
  readonly feed: { readonly name: string };
  readonly options: ResolvedDeliveryOptions;
}

/**
 * Follows what fails, and tells admins once it lasts:
 *
 * - Something that has failed for `incidentAfterMs` without a break makes one message, and its end another. That items
 *   are posted without enrichment is told at once: the breaker behind it has waited long enough.
 * - Something that fails again within half an hour of its end has relapsed. That makes a message once it has lasted for
 *   `incidentAfterMs` again, and its end makes one only once it has worked for half an hour. Something that comes and
 *   goes therefore makes two more messages, and not two each time.
 * - A channel and the store are shared by the feeds: the first feed that looks tells of them. Everything else is told by
 *   the feed that it concerns, once that feed has met it since the start.
 */
export class Incidents implements IncidentSignals {
  readonly #context: Context;
  readonly #keeper: IncidentKeeper;
  readonly #backlog: BacklogWatch;
  /** Subjects that this feed has met. */
  readonly #met = new Set<string>();
  /** Those that failed when this cycle last met them. */
  readonly #failing = new Set<string>();
  /** Times at which incidents were first looked at, by the monotonic clock, and their ages at that time. */
  readonly #heard = new Map<string, { readonly at: number; readonly ageMs: number }>();
  readonly #logged = new Set<string>();
  #failures = 0;
  #pausedUntil = -Infinity;
  #running: Promise<void> = Promise.resolve();

  constructor(context: Context) {
    this.#context = context;
    const { store, feed, clock } = context;
    this.#keeper = new IncidentKeeper(store, processIncidents(store, clock));
    this.#backlog = new BacklogWatch(store, feed.name, clock);
  }

  failing(subject: IncidentSubject, reason: string): void {
    this.#note(subject, cleanReason(reason));
  }

  working(subject: IncidentSubject): void {
    this.#note(subject, null);
  }

  settle(signal: AbortSignal): Promise<void> {
    return this.#inTurn(async () => {
      const { current, ...kept } = await this.#keeper.keepChanges();
      // The cycle may yet find that the others work again.
      const met = current.filter(({ subject }) => this.#failing.has(subject));
      await this.#report({ ...kept, current: met }, signal);
    });
  }

  /**
   * Ends a cycle: as `settle`, looks at the backlog, and tells of what is over.
   *
   * @param posted Items that were posted in the cycle.
   * @throws {FeedUnauthorizedError} when Discord refuses the token of a message.
   */
  endCycle(posted: number, signal: AbortSignal): Promise<void> {
    return this.#inTurn(async () => {
      await this.#keeper.learn();
      const backlog = await this.#lookAtBacklog();
      if (backlog !== undefined) this.#noteBacklog(backlog);
      this.#failing.clear();
      const kept = await this.#keeper.keepAll();
      await this.#report(kept, signal, { posted, waiting: backlog?.waiting });
      if (kept.isWhole) this.#forgetAllBut([...kept.current, ...kept.ended]);
    });
  }

  #note(subject: IncidentSubject, reason: string | null): void {
    const name = nameOf(subject);
    this.#met.add(name);
    if (reason === null) this.#failing.delete(name);
    else this.#failing.add(name);
    this.#keeper.note(name, reason);
  }

  async #lookAtBacklog(): Promise<BacklogLook | undefined> {
    try {
      return await this.#backlog.look();
    } catch (error) {
      if (!isStoreFault(error)) throw error;
      this.failing({ kind: 'store' }, describeError(error));
      return undefined;
    }
  }

  /** Items that wait for something of which admins are told anyway, or that are becoming fewer, are no news. */
  #noteBacklog({ problem, isShrinking }: BacklogLook): void {
    const subject = { kind: 'backlog', feed: this.#context.feed.name } as const;
    const isNews = !isShrinking && !this.#keeper.failing.some((name) => /^(?:channel:|store$)/.test(name));
    if (problem !== undefined && isNews) this.failing(subject, problem);
    else if (problem === undefined || !this.#keeper.wasTold(nameOf(subject))) this.working(subject);
  }

  /** One after the other: what is being told need not be told by another item as well. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#running.then(work);
    this.#running = turn.catch(() => undefined);
    return turn;
  }

  async #report({ current, closed, ended }: Kept, signal: AbortSignal, summary?: CycleSummary): Promise<void> {
    for (const incident of closed) this.#logEnd(incident);
    const lasting = current.filter((incident) => this.#isOurs(incident) && this.#hasLasted(incident));
    for (const incident of lasting) this.#logBeginning(incident);
    const untold = lasting.filter(({ toldAt }) => toldAt === null);
    for (const incident of untold) await this.#tell(incident, failingMessage(incident), signal);
    const over = ended.filter((incident) => this.#isOurs(incident) && this.#isOverForGood(incident));
    for (const incident of over) await this.#tell(incident, overMessage(incident, summary), signal);
  }

  #isOurs({ subject }: Incident): boolean {
    return isShared(subject) || this.#met.has(subject);
  }

  /** By the clock from before the first look, and by one that nobody sets from then on. */
  #hasLasted({ id, subject, since, isRelapse }: Incident): boolean {
    const { clock, options } = this.#context;
    if (isUrgent(subject) && !isRelapse) return true;
    const now = monotonicNow(clock);
    const heard = this.#heard.get(id) ?? { at: now, ageMs: clock.now() - since.getTime() };
    this.#heard.set(id, heard);
    return heard.ageMs + now - heard.at >= options.incidentAfterMs;
  }

  #isOverForGood({ isRelapse, overAt }: Incident): boolean {
    if (!isRelapse || overAt === null) return true;
    return this.#context.clock.now() - overAt.getTime() >= RELAPSE_MS;
  }

  #logBeginning({ id, subject, since, reason: given }: Incident): void {
    if (this.#logged.has(id)) return;
    this.#logged.add(id);
    const reason = cleanReason(given);
    const { failing: title, hint } = wordsOf(subject);
    this.#context.logger.error('feed_incident_opened', { subject, since, title, reason, hint });
  }

  #logEnd({ id, subject, since, overAt }: Incident): void {
    const { clock, options } = this.#context;
    const duration_ms = (overAt?.getTime() ?? clock.now()) - since.getTime();
    if (!this.#logged.delete(id) && duration_ms < options.incidentAfterMs) return;
    this.#context.logger.info('feed_incident_closed', { subject, since, title: wordsOf(subject).over, duration_ms });
  }

  async #tell(incident: Incident, content: string, signal: AbortSignal): Promise<void> {
    const { options, rest, clock, logger } = this.#context;
    const { adminChannelId: channelId } = options;
    if (channelId === undefined || signal.aborted || monotonicNow(clock) < this.#pausedUntil) return;
    const error = await this.#tryToTell({ rest, clock, channelId }, incident, content);
    this.#failures = error === undefined ? 0 : this.#failures + 1;
    if (error === undefined) return;
    this.#pausedUntil = monotonicNow(clock) + channelPauseMs(this.#failures);
    logger.warn('feed_incident_untold', { subject: incident.subject, channel_id: channelId, error });
  }

  /** A fault of the store leaves the intent behind, so that no second message is made. */
  async #tryToTell(destination: Destination, incident: Incident, content: string): Promise<unknown> {
    try {
      return await tell(destination, this.#keeper.bookOf(incident), incident, content);
    } catch (error) {
      if (isStoreFault(error)) return error;
      throw error;
    }
  }

  #forgetAllBut(incidents: readonly Incident[]): void {
    const ids = new Set(incidents.map(({ id }) => id));
    for (const known of [...this.#heard.keys(), ...this.#logged]) {
      if (ids.has(known)) continue;
      this.#heard.delete(known);
      this.#logged.delete(known);
    }
  }
}
