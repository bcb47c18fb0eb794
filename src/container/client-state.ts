import type { Client } from 'discord.js';

import type { SeenStore } from '../store/contract/seen-store.ts';

/** The time of a client from one login to the stop that ends it. */
export class ClientRun {
  /** Aborts when the client begins to stop. */
  readonly stopping = new AbortController();
  /** True once the stop has come to destroying the client. */
  isDestroyed = false;
}

/** Everything that the plugin knows of one client, beyond its options. */
export class ClientState {
  static readonly #states = new WeakMap<Client, ClientState>();

  /** True once the plugin's hooks have run in the client's constructor: it was registered by then. */
  isRegistered = false;
  /** The store that the latest login opened. It stays here when it is closed. */
  store: SeenStore | undefined;
  /** Settles with the latest login. */
  login: Promise<unknown> | undefined;
  /** The stop that is under way. */
  stop: Promise<void> | undefined;
  #run = new ClientRun();

  static of(client: Client): ClientState {
    const known = ClientState.#states.get(client);
    if (known !== undefined) return known;
    const state = new ClientState();
    ClientState.#states.set(client, state);
    return state;
  }

  get run(): ClientRun {
    return this.#run;
  }

  /** Aborts when the client begins to stop. After another login it is another signal. */
  get stopping(): AbortSignal {
    return this.#run.stopping.signal;
  }

  beginToStop(): void {
    this.#run.stopping.abort();
  }

  /** Begins anew, unless a stop is under way: a client that was stopped may log in again. */
  restart(): void {
    if (this.stop === undefined && this.stopping.aborted) this.#run = new ClientRun();
  }
}
