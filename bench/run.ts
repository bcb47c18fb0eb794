import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { LocalPostgres } from '../local/postgres/index.ts';
import { short, type BenchCase, type CaseInput, type Measurement, type StoreKind, type Unmeasured } from './case.ts';
import { buildPostgres, startServer } from './databases/postgres.ts';
import { buildDatabase } from './databases/sqlite.ts';
import { Child } from './processes/child.ts';

/** A run of the bench: its databases, and the process of the case that it measures. */
export class BenchRun implements AsyncDisposable {
  readonly #store: StoreKind;
  readonly #quick: boolean;
  readonly #folder = mkdtempSync(join(tmpdir(), 'seen-bench-'));
  readonly #databases: Record<number, string> = {};
  #server: LocalPostgres | undefined;
  #child: Child | undefined;

  private constructor(store: StoreKind, quick: boolean) {
    this.#store = store;
    this.#quick = quick;
  }

  static async start(store: StoreKind, quick: boolean): Promise<BenchRun> {
    const run = new BenchRun(store, quick);
    if (store === 'postgres') run.#server = await startServer(join(run.#folder, 'server'));
    return run;
  }

  async build(rows: number): Promise<void> {
    this.#databases[rows] = await this.#build(rows);
  }

  async #build(rows: number): Promise<string> {
    if (this.#server !== undefined) return await buildPostgres(this.#server, rows);
    const path = join(this.#folder, `${short(rows)}.sqlite`);
    await buildDatabase(path, rows);
    return path;
  }

  async measure({ name }: BenchCase): Promise<readonly (Measurement | Unmeasured)[]> {
    const folder = mkdtempSync(join(this.#folder, `${name}-`));
    const input: CaseInput = { folder, quick: this.#quick, databases: this.#databases };
    const child = await Child.start('case.ts', [`${this.#store}/${name}`, JSON.stringify(input)]);
    this.#child = child;
    child.go();
    try {
      return await child.result<readonly (Measurement | Unmeasured)[]>();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // First of all, since it may be writing to the folder.
    this.#child?.kill();
    await this.#server?.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
