import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { short, type BenchCase, type CaseInput, type Measurement, type Unmeasured } from './case.ts';
import { buildDatabase } from './databases/build.ts';
import { Child } from './processes/child.ts';

/** A run of the bench: its databases, and the process of the case that it measures. */
export class BenchRun implements Disposable {
  readonly #quick: boolean;
  readonly #folder = mkdtempSync(join(tmpdir(), 'seen-bench-'));
  readonly #databases: Record<number, string> = {};
  #child: Child | undefined;

  constructor(quick: boolean) {
    this.#quick = quick;
  }

  async build(rows: number): Promise<void> {
    const path = join(this.#folder, `${short(rows)}.sqlite`);
    await buildDatabase(path, rows);
    this.#databases[rows] = path;
  }

  async measure({ name }: BenchCase): Promise<readonly (Measurement | Unmeasured)[]> {
    const folder = mkdtempSync(join(this.#folder, `${name}-`));
    const input: CaseInput = { folder, quick: this.#quick, databases: this.#databases };
    const child = await Child.start('case.ts', [name, JSON.stringify(input)]);
    this.#child = child;
    child.go();
    try {
      return await child.result<readonly (Measurement | Unmeasured)[]>();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  [Symbol.dispose](): void {
    // First of all, since it may be writing to the folder.
    this.#child?.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
