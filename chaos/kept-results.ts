import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { BackendName, NemesisName, Replication } from './choices.ts';

/** The part of a report that is kept of a long run. */
export interface KeptResult {
  /** The day and time of its end, or of its start while it has not ended, in ISO 8601. */
  readonly date: string;
  /** The version and commit of the sources, at the start. */
  readonly version: string;
  readonly backend: BackendName;
  readonly nemeses: readonly NemesisName[];
  readonly seed: number;
  readonly processes: number;
  readonly threads: number;
  readonly planned: { readonly kills: number; readonly failovers: number };
  readonly kills: number;
  /** Those of the kills that happened at no step, since none was reached in time. Null where the run did not end. */
  readonly overdue: number | null;
  readonly killsPerMinute: number;
  readonly failovers: number;
  /** The way in which commits reached the standby; null where there was none. */
  readonly replication: Replication | null;
  readonly items: number;
  readonly posts: number;
  /** Null where the run did not end, so that nobody knows. */
  readonly twice: number | null;
  readonly lost: number | null;
  /** The promises that the run broke, with the number of cases of each, or the error that ended it. */
  readonly broken: readonly string[];
  /** The first of the cases, described. */
  readonly findings: readonly string[];
  /**
   * Time from a kill until one of the killed client's items went on, in real milliseconds: of a process, and of a thread
   * in a process that lives on, whose leases have to run out. `open` killed clients are in no time, since none of their
   * items had gone on by the end, and neither are `leftOut` others, which were killed with all at once.
   */
  readonly resumedMs: {
    readonly process: Quantiles;
    readonly thread: Quantiles;
    readonly open: number;
    readonly leftOut: number;
  };
  /**
   * The polls by which two clients polled at once, and the time from the end of a leader until another client polled, in
   * real milliseconds. Undefined where nobody led.
   */
  readonly polling?: PollingResult | undefined;
}

interface Quantiles {
  readonly p50: number | null;
  readonly p99: number | null;
}

interface PollingResult {
  readonly together: number;
  readonly takeoverMs: Quantiles & { readonly longest: number | null };
}

/** A run is long, and kept, if so many kills or failovers are planned. */
export const LONG = { kills: 100, failovers: 10 } as const;

/** The folder of the results. */
export const resultsFolder = fileURLToPath(new URL('results', import.meta.url));

/** Writes the result of a run, in place of an earlier one of the same file. */
export function keep(file: string, result: KeptResult): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
}

/** Reads all results that were kept, the oldest first. */
export function keptResults(folder = resultsFolder): KeptResult[] {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
  return names.toSorted().map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as KeptResult);
}
