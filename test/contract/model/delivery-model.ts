/** One item, as the model sees it. Times are in milliseconds. */
export interface ModelItem {
  state: 'open' | 'posted' | 'failed';
  token: number;
  /** The store that claimed it last. */
  owner: unknown;
  /** Since when it waits, or is worked on. */
  updatedAt: number;
  /** End of the lease; null while nobody holds the item. */
  heldUntil: number | null;
  retryAt: number | null;
  attempts: number;
  /** The token of the first claim, and the number of items that had been claimed before. */
  place: readonly [token: number, index: number];
  /** The message of its post. */
  messageId: string | null;
}

export interface ModelClaim {
  readonly id: string;
  readonly token: number;
}

/**
 * The contract of claims in the plainest words: maps and conditions, no database. Tokens are given from
 * outside; the model only says whether they may be used.
 */
export class DeliveryModel {
  now: number;
  readonly items = new Map<string, ModelItem>();
  /** Id to second. */
  readonly seen = new Map<string, number>();

  constructor(now: number) {
    this.now = now;
  }

  isFree(id: string): boolean {
    const item = this.items.get(id);
    if (this.seen.has(id) || item?.state === 'failed') return false;
    if (item === undefined) return true;
    return (item.heldUntil ?? 0) <= this.now && (item.retryAt ?? 0) <= this.now;
  }

  /** Unfinished items that are free, those first that have been due for longest. */
  waiting(limit: number): string[] {
    const due = [...this.items].filter(([id, { state }]) => state === 'open' && this.isFree(id));
    const dueSince = ({ retryAt, updatedAt }: ModelItem): number => Math.max(retryAt ?? 0, updatedAt);
    /** After a pause the place decides, otherwise the last claim. */
    const dueTurn = ({ retryAt, updatedAt, token }: ModelItem): number => ((retryAt ?? 0) > updatedAt ? 0 : token);
    const inOrder = due.toSorted(
      ([, one], [, other]) =>
        dueSince(one) - dueSince(other) ||
        dueTurn(one) - dueTurn(other) ||
        one.place[0] - other.place[0] ||
        one.place[1] - other.place[1],
    );
    return inOrder.slice(0, limit).map(([id]) => id);
  }

  grant({ id, token }: ModelClaim, owner: unknown, leaseMs: number): ModelItem {
    const earlier = this.items.get(id);
    const unfinished = earlier?.state === 'open' ? earlier : undefined;
    const item: ModelItem = {
      state: 'open',
      token,
      owner,
      updatedAt: this.now,
      heldUntil: this.now + leaseMs,
      retryAt: null,
      attempts: (unfinished?.attempts ?? 0) + (unfinished !== undefined && unfinished.heldUntil !== null ? 0 : 1),
      place: earlier?.place ?? [token, this.items.size],
      messageId: unfinished?.messageId ?? null,
    };
    this.items.set(id, item);
    return item;
  }

  holder({ id, token }: ModelClaim, owner: unknown): ModelItem | undefined {
    const item = this.items.get(id);
    return item?.token === token && item.owner === owner && item.heldUntil !== null ? item : undefined;
  }

  /** Applies `end` to every claim with which `owner` holds its item, and returns the others. */
  end(claims: readonly ModelClaim[], owner: unknown, end: (item: ModelItem, id: string) => void): ModelClaim[] {
    const lost: ModelClaim[] = [];
    for (const claim of claims) {
      const item = this.holder(claim, owner);
      if (item === undefined) lost.push(claim);
      else end(item, claim.id);
    }
    return lost;
  }

  commit(claims: readonly ModelClaim[], owner: unknown): ModelClaim[] {
    const again = ({ id, token }: ModelClaim): boolean => {
      const item = this.items.get(id);
      return item?.state === 'posted' && item.token === token;
    };
    const open = claims.filter((claim) => !again(claim));
    return this.end(open, owner, (item, id) => {
      Object.assign(item, { state: 'posted', heldUntil: null });
      this.markSeen([id]);
    });
  }

  markSeen(ids: readonly string[]): void {
    for (const id of ids) this.seen.set(id, Math.floor(this.now / 1000));
  }

  purge(before: number): number {
    const old = [...this.seen].filter(([, ts]) => ts < Math.floor(before / 1000));
    for (const [id] of old) {
      this.seen.delete(id);
      if (this.items.get(id)?.state === 'posted') this.items.delete(id);
    }
    return old.length;
  }

  retry(ids: readonly string[]): number {
    const failed = [...this.items].filter(([id, { state }]) => state === 'failed' && ids.includes(id));
    for (const [, item] of failed)
      Object.assign(item, { state: 'open', attempts: 0, retryAt: null, updatedAt: this.now });
    return failed.length;
  }
}
