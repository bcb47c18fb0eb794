import type { FeedScope } from '../../store/contract/scopes.ts';
import type { SeenStore } from '../../store/contract/seen-store.ts';
import { scopedId } from '../../store/scoped-id.ts';
import type { ResolvedContext } from '../context.ts';
import type { Identity } from '../feed.ts';
import { allIds } from './identify.ts';

/** The context of the steps of an intake. */
export interface IntakeContext<Item> extends ResolvedContext<Item> {
  readonly ids: ItemIds<Item>;
}

/**
 * Turns the items of a feed into the ids under which the store has them. Towards people an item is its key; towards the
 * store and in the nonce, which must not be the same for two feeds that number their items alike, it is this id.
 */
export class ItemIds<Item> {
  readonly #store: Pick<SeenStore, 'scopes'>;
  readonly #feed: Identity<Item> & { readonly name: string };
  #scope: FeedScope | null = null;
  /** True once the store has other feeds, which may have claimed keys of this one. */
  #hasOthers = false;
  /** Keys of listed items that are stored otherwise than the scope says. */
  #exceptions: ReadonlySet<string> = new Set();

  constructor({ store, feed }: Pick<ResolvedContext<Item>, 'store' | 'feed'>) {
    this.#store = store;
    this.#feed = feed;
  }

  /** False until the store has told how the feed's ids are stored: then no item can be asked for. */
  get areKnown(): boolean {
    return this.#scope !== null;
  }

  /**
   * Learns from the store how the ids of the listed items are stored. It asks each time: the store's file may have been
   * replaced. A feed that lists nothing is assigned nothing.
   */
  async learn(items: readonly Item[]): Promise<void> {
    const { scopes } = this.#store;
    const { name } = this.#feed;
    const known = await scopes.find(name);
    if (known === null && items.length === 0) return;
    const scope = known ?? (await this.#assign(items));
    this.#hasOthers = !scope.isPlain || (await scopes.list()).length > 1;
    this.#exceptions = new Set(this.#hasOthers ? await scopes.filterExceptions(name, this.#keysOf(items)) : []);
    this.#scope = scope;
  }

  /** The id under which the store has the item. */
  of(item: Item): string {
    const key = this.#feed.key(item);
    return this.#isStoredByKey(key) ? key : this.#scoped(key);
  }

  /**
   * Every id under which the item may have been marked, the one of `of` first. An alias says what somebody else may
   * have marked, and counts as it is in every feed.
   */
  allOf(item: Item): string[] {
    const [key = '', ...aliases] = allIds(item, this.#feed);
    if (!this.#hasOthers) return [key, ...aliases];
    const own = this.#isStoredByKey(key) ? [key, this.#scoped(key)] : [this.#scoped(key)];
    const others = aliases.filter((alias) => alias !== key);
    return [...own, ...others, ...others.map((alias) => this.#scoped(alias))];
  }

  #assign(items: readonly Item[]): Promise<FeedScope> {
    const listed = items.map((item) => allIds(item, this.#feed));
    return this.#store.scopes.assign(this.#feed.name, listed);
  }

  #keysOf(items: readonly Item[]): string[] {
    return items.map((item) => this.#feed.key(item));
  }

  #isStoredByKey(key: string): boolean {
    const isPlain = this.#scope?.isPlain ?? true;
    return isPlain !== this.#exceptions.has(key);
  }

  #scoped(key: string): string {
    return scopedId(this.#feed.name, key);
  }
}
