import { setImmediate as nextTurn } from 'node:timers/promises';
import { Pool, type PoolClient } from 'pg';

/** A statement as it was sent. */
export interface SentStatement {
  readonly text: string;
  readonly values: readonly unknown[];
}

type Send = (statement: SentStatement) => Promise<unknown>;

/** The fate of a statement, in place of being sent and answered. */
export type Fate = (send: () => Promise<unknown>) => Promise<unknown>;

/** A pool that remembers the statements which were sent on it, and may lose them or their answers. */
export class RecordedPool {
  readonly pool: Pool;
  readonly sent: SentStatement[] = [];
  /** The codes of the statements that failed, of PostgreSQL or the system. */
  readonly failures: unknown[] = [];
  readonly #fates: { readonly ofText: RegExp; readonly fate: Fate }[] = [];
  #underWay = 0;
  /** Connections that have been made: the pool counts those as well that are being made. */
  #connected = 0;

  constructor(url: string) {
    this.pool = new Pool({ connectionString: url, max: 4, allowExitOnIdle: true });
    this.pool.on('connect', (client) => {
      this.#connected += 1;
      this.#record(client);
    });
    this.pool.on('remove', () => void (this.#connected -= 1));
  }

  /** Decides about the next statement of which the text matches. */
  next(ofText: RegExp, fate: Fate): void {
    this.#fates.push({ ofText, fate });
  }

  /** The statements that were sent while `work` ran. */
  async during(work: () => Promise<unknown>): Promise<readonly SentStatement[]> {
    const before = this.sent.length;
    await work();
    return this.sent.slice(before);
  }

  /** Resolves once every statement was answered, and no further one follows from the answers. */
  async whenIdle(): Promise<void> {
    for (let quiet = 0; quiet < 10; quiet += 1) {
      const isConnecting = this.pool.waitingCount > 0 || this.#connected < this.pool.totalCount;
      if (this.#underWay > 0 || isConnecting) quiet = 0;
      await nextTurn();
    }
  }

  #record(client: PoolClient): void {
    const query = client.query.bind(client) as Send;
    const recorded: Send = (statement) => {
      this.sent.push(statement);
      const send = (): Promise<unknown> =>
        query(statement).catch((error: unknown) => {
          this.failures.push((error as { readonly code?: unknown }).code);
          throw error;
        });
      const index = this.#fates.findIndex(({ ofText }) => ofText.test(statement.text));
      const [found] = index === -1 ? [] : this.#fates.splice(index, 1);
      this.#underWay += 1;
      return (found === undefined ? send() : found.fate(send)).finally(() => (this.#underWay -= 1));
    };
    Object.assign(client, { query: recorded });
  }
}

/** The statement is carried out, and nobody hears of it. */
export const loseAnswer: Fate = async (send) => {
  await send();
  throw connectionLost();
};

/** The error of a connection that broke. */
export function connectionLost(): Error {
  return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
}
