import { monotonicNow, type Clock } from '../../../store/clock.ts';
import type { PostRecord } from '../../../store/contract/claims.ts';
import { readClocks, type ClockReadings } from '../../clock-readings.ts';
import type { ItemProgress } from '../../progress/item-progress.ts';
import { RecentMap } from '../../recent-map.ts';
import { DiscordTime } from '../rest/discord-time.ts';
import { messageNonce } from '../message/nonce.ts';
import { OwnMessages } from '../rest/own-messages.ts';
import type { Sender } from '../rest/ask.ts';
import { fingerprintOf, withFingerprint, type SentBody } from './fingerprint.ts';
import { isUnderWay, SETTLED_MS, type IntentTime, type Present } from './intent-time.ts';

/** Intents whose beginnings are remembered, at most. */
const CAPACITY = 10_000;

/** The notes that are saved before a request leaves, so that its message, and the time of it, can be told later. */
export class Intents {
  readonly #clock: Clock;
  readonly #time: DiscordTime;
  readonly #own: OwnMessages;
  /** The clocks as they were when intents of this process began. */
  readonly #beginnings = new RecentMap<string, ClockReadings>(CAPACITY);
  /** The monotonic times at which intents were first asked about here, whoever has begun them. */
  readonly #metAt = new RecentMap<string, number>(CAPACITY);

  constructor({ rest, clock }: Sender) {
    this.#clock = clock;
    this.#time = DiscordTime.of(rest, clock);
    this.#own = OwnMessages.of(rest);
  }

  /** Forgets the message of an item that begins anew in the channel: it had that one before. */
  forgetMessage({ id }: ItemProgress, channelId: string): void {
    this.#own.forget(messageNonce(id, channelId));
  }

  /** Saves that a first request may be applied from now on. */
  async begin(progress: ItemProgress, channelId: string, body: SentBody): Promise<void> {
    this.#beginnings.set(messageNonce(progress.id, channelId), readClocks(this.#clock));
    await progress.saveIntent(channelId, {
      discordAt: toDate(this.#time.now()),
      fingerprint: withFingerprint(null, fingerprintOf({ ...body })),
    });
  }

  /** Adds, before the request is repeated, what another template may make of the item by now. */
  async repeat(progress: ItemProgress, channelId: string, body: SentBody): Promise<void> {
    const kept = progress.postIn(channelId)?.fingerprint ?? null;
    const fingerprint = withFingerprint(kept, fingerprintOf({ ...body }));
    if (fingerprint !== kept) await progress.saveIntent(channelId, { fingerprint });
  }

  /** Adds Discord's time to an intent of this process, where only the answer to its request has told it. */
  async keepTime(progress: ItemProgress, channelId: string): Promise<void> {
    const discordAt = toDate(this.#begunAt(messageNonce(progress.id, channelId)));
    if (discordAt !== undefined) await progress.saveIntent(channelId, { discordAt });
  }

  /** When the intent began, by Discord's clock as well where this process can tell. */
  timeOf(nonce: string, { intentAt, discordAt }: PostRecord): IntentTime {
    return { intentAt, discordAt: discordAt ?? toDate(this.#begunAt(nonce)) ?? null };
  }

  /** Milliseconds since the intent began; undefined where that is not certain. */
  ageOf(nonce: string, { discordAt }: PostRecord): number | undefined {
    const now = this.#time.now();
    if (discordAt !== null && now !== undefined) return now - discordAt.getTime();
    const beginning = this.#beginnings.get(nonce);
    return beginning && this.#time.elapsedSince(beginning);
  }

  /**
   * Tells whether a request may still be on its way, or be settled by a repeated one. A clock that was wrong may have
   * noted a time that lies ahead: what this process has known for long enough is under way no longer, whatever its time.
   */
  isUnderWay(nonce: string, time: IntentTime, now: Present): boolean {
    if (!isUnderWay(time, now)) return false;
    const name = `${nonce}:${time.intentAt.getTime()}`;
    const metAt = this.#metAt.get(name) ?? monotonicNow(this.#clock);
    this.#metAt.set(name, metAt);
    return monotonicNow(this.#clock) - metAt < SETTLED_MS;
  }

  #begunAt(nonce: string): number | undefined {
    const now = this.#time.now();
    const beginning = this.#beginnings.get(nonce);
    const age = beginning && this.#time.elapsedSince(beginning);
    return now === undefined || age === undefined ? undefined : now - age;
  }
}

function toDate(ms: number | undefined): Date | undefined {
  return ms === undefined ? undefined : new Date(ms);
}
