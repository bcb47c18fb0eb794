import { Pool, type PoolClient } from 'pg';

/** A pool whose connections can break after a statement was carried out, before its answer arrives. */
export class ForgetfulPool extends Pool {
  /** The store's. */
  readonly schema: string;
  #losing: { readonly text: RegExp; readonly meanwhile: () => Promise<unknown> } | undefined;
  #lost = 0;

  constructor(url: string, schema: string) {
    super({ connectionString: url, max: 4, allowExitOnIdle: true });
    this.schema = schema;
    this.on('connect', (client) => this.#watch(client));
  }

  /**
   * Loses the answer to the next statement that has this text in it.
   *
   * @param meanwhile Called once the statement was carried out, before the connection breaks.
   */
  loseNext(text: RegExp, meanwhile: () => Promise<unknown> = () => Promise.resolve()): void {
    this.#losing = { text, meanwhile };
  }

  /** Answers lost so far. */
  get lost(): number {
    return this.#lost;
  }

  #watch(client: PoolClient): void {
    const query = client.query.bind(client) as (statement: { readonly text: string }) => Promise<unknown>;
    const queryAndForget = async (statement: { readonly text: string }): Promise<unknown> => {
      const result = await query(statement);
      const losing = this.#losing;
      if (losing?.text.test(statement.text) !== true) return result;
      this.#losing = undefined;
      this.#lost += 1;
      await losing.meanwhile();
      throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    };
    Object.assign(client, { query: queryAndForget });
  }
}
