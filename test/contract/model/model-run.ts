import assert from 'node:assert/strict';

import type { Claim, SeenStore, SeenStoreOptions } from '../../../src/store/index.ts';
import { settableClock, type SettableClock } from '../../support/settable-clock.ts';
import type { ContractBackend } from '../backend.ts';
import { DeliveryModel, type ModelClaim } from './delivery-model.ts';
import { ids, type Operation } from './operations.ts';
import { idsOf, lostBy } from '../stores.ts';

/** A claim with the store that it was granted to. */
interface Grant {
  readonly claim: Claim;
  readonly owner: SeenStore;
}

async function grantsOf(owner: SeenStore, claims: Promise<Claim[]>): Promise<Grant[]> {
  return (await claims).map((claim) => ({ claim, owner }));
}

/** Takes each step in two stores on one database and in the model, and compares all that can be seen. */
export class ModelRun {
  readonly #clock: SettableClock;
  readonly #model: DeliveryModel;
  readonly #open: () => Promise<SeenStore>;
  readonly #stores: SeenStore[] = [];
  readonly #granted: Claim[] = [];

  private constructor(backend: ContractBackend, database: SeenStoreOptions) {
    this.#clock = settableClock();
    this.#model = new DeliveryModel(this.#clock.now());
    const options = { ...database, clock: this.#clock };
    this.#open = () => backend.open(options);
  }

  static async check(backend: ContractBackend, operations: readonly Operation[]): Promise<void> {
    const run = new ModelRun(backend, await backend.newDatabase());
    try {
      run.#stores.push(await run.#open(), await run.#open());
      for (const operation of operations) {
        await run.#take(operation);
        await run.#compare();
      }
    } finally {
      await Promise.all(run.#stores.map((store) => store.close()));
    }
  }

  async #take(step: Operation): Promise<void> {
    if (step.do === 'wait') return this.#wait(step.ms);
    if (step.do === 'race') return this.#race(step);
    const store = this.#store(step.by);
    switch (step.do) {
      case 'crash':
        return this.#crash(step.by);
      case 'claim':
        return this.#expectGrant(
          await grantsOf(store, store.claim(step.ids, step)),
          step.ids.filter((id) => this.#model.isFree(id)),
          step.leaseMs,
        );
      case 'claimWaiting':
        return this.#expectGrant(
          await grantsOf(store, store.claimWaiting(step)),
          this.#model.waiting(step.limit),
          step.leaseMs,
        );
      case 'post':
        return this.#post(store, step.pick);
      case 'retry':
        return assert.equal(await store.ledger.retry(step.ids), this.#model.retry(step.ids));
      case 'markSeen':
        this.#model.markSeen(step.ids);
        return store.markSeen(step.ids);
      case 'purge':
        return this.#purge(store, step.ageMs);
      default:
        return this.#end(store, step);
    }
  }

  #wait(ms: number): void {
    this.#clock.advance(ms);
    this.#model.now += ms;
  }

  /** The process lives on, so the lease of the store that is gone has to run out. */
  async #crash(by: number): Promise<void> {
    await this.#store(by).close();
    this.#stores[by] = await this.#open();
  }

  async #race({ ids: wanted, leaseMs }: { ids: readonly string[]; leaseMs: number }): Promise<void> {
    const results = await Promise.all(this.#stores.map((store) => grantsOf(store, store.claim(wanted, { leaseMs }))));
    const place = ({ claim }: Grant): number => wanted.indexOf(claim.id);
    this.#expectGrant(
      results.flat().toSorted((one, other) => place(one) - place(other)),
      wanted.filter((id) => this.#model.isFree(id)),
      leaseMs,
    );
  }

  #expectGrant(grants: readonly Grant[], expected: readonly string[], leaseMs: number): void {
    const claims = grants.map(({ claim }) => claim);
    assert.deepEqual(idsOf(claims), expected);
    for (const claim of claims) this.#expectRightful(claim);
    for (const { claim, owner } of grants) {
      const { attempts, messageId } = this.#model.grant(claim, owner, leaseMs);
      assert.equal(claim.attempt, attempts);
      assert.deepEqual(
        claim.posts.map((post) => post.messageId),
        messageId === null ? [] : [messageId],
      );
    }
    this.#granted.push(...claims);
  }

  /** The invariants, told from what was granted and seen alone: no second live holder, tokens that only grow. */
  #expectRightful({ id, token }: Claim): void {
    const before = this.#model.items.get(id);
    assert.ok((before?.heldUntil ?? 0) <= this.#clock.now(), `${id} has a live holder`);
    assert.notEqual(before?.state, 'failed', `${id} was given up`);
    for (const earlier of this.#granted) assert.ok(token > earlier.token, `the token of ${id} does not grow`);
  }

  async #post(store: SeenStore, pick: number): Promise<void> {
    const [claim] = this.#pick([pick]);
    if (claim === undefined) return;
    const messageId = `message of ${claim.token}`;
    const lost = this.#model.end([claim], store, (item) => (item.messageId = messageId));
    await this.#expectLost(store.ledger.savePost(claim, 'channel', messageId), lost);
  }

  async #purge(store: SeenStore, ageMs: number): Promise<void> {
    const before = this.#clock.now() - ageMs;
    const { deleted } = await store.purge({ olderThan: new Date(before) });
    assert.equal(deleted, this.#model.purge(before));
  }

  async #end(store: SeenStore, step: Extract<Operation, { picks: readonly number[] }>): Promise<void> {
    const claims = this.#pick(step.picks);
    const { now } = this.#clock;
    if (step.do === 'commit') return this.#expectLost(store.commit(claims), this.#model.commit(claims, store));
    if (step.do === 'renew') {
      const lost = this.#model.end(claims, store, (item) => (item.heldUntil = now() + step.leaseMs));
      return this.#expectLost(store.renew(claims, step), lost);
    }
    if (step.do === 'fail') {
      const failed = { state: 'failed', heldUntil: null, retryAt: null };
      return this.#expectLost(
        store.fail(claims, 'given up'),
        this.#model.end(claims, store, (item) => void Object.assign(item, failed)),
      );
    }
    const retryAt = step.retryInMs === undefined ? null : now() + step.retryInMs;
    const lost = this.#model.end(claims, store, (item) => {
      const attempts = item.attempts - (step.why === 'error' ? 0 : 1);
      Object.assign(item, { heldUntil: null, retryAt, attempts, updatedAt: now() });
    });
    const options = { ...(step.why && { [step.why]: '500' }), ...(retryAt !== null && { retryAt: new Date(retryAt) }) };
    return this.#expectLost(store.release(claims, options), lost);
  }

  async #expectLost(operation: Promise<void>, lost: readonly ModelClaim[]): Promise<void> {
    const evidence = ((await lostBy(operation)) ?? []).map(({ id, token, currentToken }) => ({
      id,
      token,
      currentToken,
    }));
    const expected = lost.map(({ id, token }) => ({
      id,
      token,
      currentToken: this.#model.items.get(id)?.token ?? null,
    }));
    assert.deepEqual(evidence, expected);
  }

  /** Asks either store for all that it tells of the items. */
  async #compare(): Promise<void> {
    const store = this.#store(this.#granted.length % 2);
    const unseen = ids.filter((id) => !this.#model.seen.has(id));
    assert.deepEqual(await store.filterUnseen(ids), unseen);
    for (const id of ids) assert.deepEqual(await this.#look(store, id), this.#expected(id), `the record of ${id}`);
  }

  async #look(store: SeenStore, id: string): Promise<unknown> {
    const entry = await store.ledger.find(id);
    if (entry === null) return null;
    const { state, owner, leaseUntil, retryAt, attempts, posts } = entry;
    return {
      state: state === 'posted' || state === 'failed' ? state : 'open',
      held: owner !== null,
      heldUntil: leaseUntil?.getTime() ?? null,
      retryAt: retryAt?.getTime() ?? null,
      attempts,
      messages: posts.map(({ messageId }) => messageId),
    };
  }

  #expected(id: string): unknown {
    const item = this.#model.items.get(id);
    if (item === undefined) return null;
    const { state, heldUntil, retryAt, attempts, messageId } = item;
    return {
      state,
      held: heldUntil !== null,
      heldUntil,
      retryAt,
      attempts,
      messages: messageId === null ? [] : [messageId],
    };
  }

  #store(by: number): SeenStore {
    const store = this.#stores[by];
    if (store === undefined) throw new Error(`there is no store ${by}`);
    return store;
  }

  /** Distinct claims; 0 is the latest that was granted. */
  #pick(picks: readonly number[]): Claim[] {
    const claims = picks.flatMap((pick) => this.#granted.at(-1 - pick) ?? []);
    return [...new Set(claims)];
  }
}
