import type { Clock } from '../../store/clock.ts';
import type { PostRecord, Uncertainty } from '../../store/contract/claims.ts';
import type { ChannelPosts, IntentOptions } from '../../store/contract/ledger.ts';
import { toJson } from '../../store/json.ts';
import type { ItemProgress, Outcome } from './item-progress.ts';
import type { ItemMemory, ItemName, ProcessMemory } from './process-memory.ts';

const NOTHING_KNOWN: ChannelPosts = { recorded: [], others: [] };

export interface FallbackOptions {
  readonly memory: ProcessMemory;
  readonly clock: Clock;
  /** Called with what the store could not keep. Throws an error that is not a fault of the store. */
  readonly report: (error: unknown) => void;
}

/**
 * The progress of an item for `onStoreError: 'deliver'`: what the store cannot keep is kept in this process, and the
 * delivery goes on. An item that could not be claimed, because the store was down from the start, has nothing else.
 *
 * A claim that passed to another owner is not a fault of the store, and ends the delivery as ever.
 */
export class FallbackProgress implements ItemProgress {
  readonly id: string;
  readonly key: string;
  readonly attempt: number;
  readonly #inLedger: ItemProgress | undefined;
  readonly #inMemory: ItemMemory;
  readonly #options: FallbackOptions;
  /** True once this attempt has saved it. */
  #enrichmentIsKept = false;

  /** @param inLedger The progress in the store's ledger; undefined for an item that could not be claimed. */
  constructor({ id, key }: ItemName, inLedger: ItemProgress | undefined, options: FallbackOptions) {
    this.id = id;
    this.key = key;
    this.#inLedger = inLedger;
    this.#inMemory = options.memory.item(key);
    this.#options = options;
    this.attempt = inLedger?.attempt ?? this.#inMemory.attempts + 1;
  }

  /** `null` is an enrichment too. */
  get enrichment(): unknown {
    const stored = this.#inLedger?.enrichment;
    return stored === undefined ? this.#inMemory.enrichment : stored;
  }

  /** A store that cannot be asked says nothing of it. */
  get uncertainty(): Uncertainty | null {
    return this.#inLedger?.uncertainty ?? null;
  }

  get #ledgerLacksEnrichment(): boolean {
    if (this.#inMemory.enrichment === undefined || this.#enrichmentIsKept) return false;
    return this.#inLedger !== undefined && this.#inLedger.enrichment === undefined;
  }

  /** The memory of this process goes first, because the store may lack it, but nothing takes a post back. */
  postIn(channelId: string): PostRecord | undefined {
    const stored = this.#inLedger?.postIn(channelId);
    return stored?.state === 'posted' ? stored : (this.#inMemory.posts.get(channelId) ?? stored);
  }

  async start(): Promise<void> {
    await this.#isKept(this.#inLedger?.start());
  }

  async saveEnrichment(enrichment: unknown): Promise<void> {
    toJson('the enrichment', enrichment);
    this.#enrichmentIsKept = await this.#isKept(this.#inLedger?.saveEnrichment(enrichment));
    this.#inMemory.enrichment = enrichment;
  }

  /** An enrichment that the ledger lacks goes first: a later process must make the same message, to find it again. */
  async saveIntent(channelId: string, intent: IntentOptions): Promise<void> {
    if (this.#ledgerLacksEnrichment) await this.saveEnrichment(this.#inMemory.enrichment);
    await this.#isKept(this.#inLedger?.saveIntent(channelId, intent));
    const { discordAt = null, fingerprint = null } = intent;
    const { intentAt } = this.postIn(channelId) ?? {};
    this.#note({ channelId, state: 'open', discordAt, fingerprint, ...(intentAt === undefined ? {} : { intentAt }) });
  }

  async dropIntent(channelId: string): Promise<void> {
    this.#inMemory.posts.delete(channelId);
    await this.#isKept(this.#inLedger?.dropIntent(channelId));
  }

  async savePost(channelId: string, messageId: string | null): Promise<void> {
    this.#note({ channelId, state: 'posted', messageId });
    await this.#isKept(this.#inLedger?.savePost(channelId, messageId));
  }

  /** A message that another item has is left to it. What the store cannot keep is this item's, as far as anybody knows. */
  async saveFoundPost(channelId: string, messageId: string): Promise<boolean> {
    try {
      if ((await this.#inLedger?.saveFoundPost(channelId, messageId)) === false) return false;
    } catch (error) {
      this.#options.report(error);
    }
    await this.savePost(channelId, messageId);
    return true;
  }

  /** While the store cannot tell, only what this process has sent itself is known. */
  async channelPosts(channelId: string, messageIds: readonly string[]): Promise<ChannelPosts> {
    try {
      return (await this.#inLedger?.channelPosts(channelId, messageIds)) ?? NOTHING_KNOWN;
    } catch (error) {
      this.#options.report(error);
      return NOTHING_KNOWN;
    }
  }

  async savePostFailure(channelId: string, error: string): Promise<void> {
    this.#note({ channelId, state: 'failed', error });
    await this.#isKept(this.#inLedger?.savePostFailure(channelId, error));
  }

  async settle(outcome: Outcome): Promise<void> {
    const isPosted = outcome.kind === 'posted';
    if (this.#inMemory.storeIsBehind && !isPosted) await this.#catchUp();
    if (!(await this.#isKept(this.#inLedger?.settle(outcome)))) this.#keepOutcome(outcome);
    if (!this.#inMemory.storeIsBehind || isPosted) this.#options.memory.dropItem(this.key);
  }

  /** A dead letter must be seen by somebody: an item that failed is left to the store, once that is back. */
  #keepOutcome(outcome: Outcome): void {
    if (outcome.kind === 'posted') this.#options.memory.rememberUnmarked(this);
    else if (outcome.kind === 'failed') this.#inMemory.retryAt = Infinity;
    else {
      this.#inMemory.retryAt = outcome.kind === 'retry' ? outcome.retryAt.getTime() : 0;
      if (outcome.kind === 'retry') this.#inMemory.attempts = this.attempt;
    }
  }

  /** Tells the ledger what it lacks, for a restart to know. An open intent is left out: it would get the wrong time. */
  async #catchUp(): Promise<void> {
    const posts = [...this.#inMemory.posts.values()];
    if (await this.#isKept(this.#inLedger && saveAll(this.#inLedger, this.#inMemory.enrichment, posts)))
      this.#inMemory.storeIsBehind = posts.some(({ state }) => state === 'open');
  }

  #note(post: Parameters<ItemMemory['note']>[0]): void {
    this.#inMemory.note(post, this.#options.clock.now());
  }

  /** True when the ledger has kept the step. It keeps none of an item without a claim. */
  async #isKept(step: Promise<void> | undefined): Promise<boolean> {
    try {
      await step;
      if (step !== undefined) return true;
    } catch (error) {
      this.#options.report(error);
    }
    this.#inMemory.storeIsBehind = true;
    return false;
  }
}

async function saveAll(progress: ItemProgress, enrichment: unknown, posts: readonly PostRecord[]): Promise<void> {
  if (enrichment !== undefined) await progress.saveEnrichment(enrichment);
  for (const { channelId, state, messageId, error } of posts) {
    if (state === 'posted') await progress.savePost(channelId, messageId);
    if (state === 'failed') await progress.savePostFailure(channelId, error ?? '');
  }
}
