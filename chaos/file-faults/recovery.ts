import { setTimeout as delay } from 'node:timers/promises';

import type { ClientSlot } from './client-slot.ts';
import type { Operations } from './operations.ts';
import type { RunClock } from './run-clock.ts';

/** Time within which every process must acknowledge a mark after a fault: a busy machine takes seconds to start one. */
const TIMEOUT_MS = 60_000;
const POLL_MS = 3;

/** Waits for the processes to recover from faults. */
export class Recovery {
  readonly #operations: Operations;
  readonly #now: RunClock;
  readonly #shouldStop: () => boolean;

  /** @param shouldStop Returns true to end every wait. */
  constructor(operations: Operations, now: RunClock, shouldStop: () => boolean) {
    this.#operations = operations;
    this.#now = now;
    this.#shouldStop = shouldStop;
  }

  /**
   * Resolves once each process has acknowledged a mark that it was asked for after `since`.
   *
   * @throws When one does not.
   */
  async of(slots: readonly ClientSlot[], since: number): Promise<void> {
    const deadline = this.#now() + TIMEOUT_MS;
    const isBehind = ({ client }: ClientSlot): boolean => this.#operations.latestMarkOf(client) <= since;
    while (slots.some(isBehind) && !this.#shouldStop()) {
      if (this.#now() > deadline) {
        const clients = slots.filter(isBehind).map(({ client }) => client);
        throw new Error(`${clients.join(', ')} acknowledged nothing for ${TIMEOUT_MS} ms`);
      }
      await delay(POLL_MS);
    }
  }
}
