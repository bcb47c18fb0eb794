import { Pool } from 'pg';
import type { PostgresClient, PostgresPool } from 'sapphire-plugin-seen/store';

/** A pool that counts the statements that are sent over it: a statement is a round trip. */
export class CountedPool {
  readonly #pool: Pool;
  statements = 0;
  /** The text of the last one. */
  lastText = '';

  constructor(url: string) {
    this.#pool = new Pool({ connectionString: url, max: 4 });
    this.#pool.on('connect', (client) => {
      const query = client.query.bind(client) as (statement: { readonly text: string }) => unknown;
      const counted = (statement: { readonly text: string }): unknown => {
        this.statements += 1;
        this.lastText = statement.text;
        return query(statement);
      };
      Object.assign(client, { query: counted });
    });
  }

  /** The pool, as a bot lends its own. */
  get lent(): PostgresPool {
    return this.#pool;
  }

  /** A connection for statements that are no store's. */
  async client(): Promise<PostgresClient> {
    return await this.#pool.connect();
  }

  /** The statements of some work. */
  async count(work: () => Promise<unknown>): Promise<number> {
    const before = this.statements;
    await work();
    return this.statements - before;
  }

  end(): Promise<void> {
    return this.#pool.end();
  }
}
