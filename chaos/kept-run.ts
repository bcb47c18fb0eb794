import { join } from 'node:path';

import { keep, LONG, resultsFolder, type KeptResult } from './kept-results.ts';
import { nemesesOn } from './choices.ts';
import type { ChaosReport } from './kills/checker.ts';
import { brokenPromises } from './kills/promises.ts';
import type { Progress } from './kills/run.ts';
import { findingsOf } from './kills/show.ts';
import type { KillOptions } from './options.ts';
import type { RunExtras } from './run-extras.ts';

/** Cases that are kept of a run that broke a promise. */
const MOST_FINDINGS = 20;

const unmeasured = { p50: null, p99: null };

/** Returns true for a run that is kept: one that is planned long, of the design that is ours. */
export function isKept({ design, kills, failovers = 0 }: KillOptions): boolean {
  return design === 'ours' && (kills >= LONG.kills || failovers >= LONG.failovers);
}

/** A run that is kept from its start on, as one that did not end until it does: so none vanishes, whatever comes of it. */
export class KeptRun {
  readonly #options: KillOptions;
  readonly #version: string;
  readonly #file: string;
  #progress: Progress = { kills: 0, perMinute: 0, items: 0, posts: 0 };

  private constructor(options: KillOptions, version: string, file: string) {
    this.#options = options;
    this.#version = version;
    this.#file = file;
  }

  /**
   * Keeps a run that begins.
   *
   * @param version The version of the sources that run.
   * @param folder Where the result is kept. Default: `chaos/results`.
   */
  static begin(options: KillOptions, version: string, folder = resultsFolder): KeptRun {
    const now = new Date().toISOString().replaceAll(/[:.]/g, '-');
    const run = new KeptRun(options, version, join(folder, `${now}-${options.store}-${options.seed}.json`));
    keep(run.#file, run.#unfinished('did not end'));
    return run;
  }

  /** Returns the extras of the run, with its progress noted. */
  follow(extras: RunExtras<Progress>): RunExtras<Progress> {
    const onProgress = (progress: Progress): void => {
      this.#progress = progress;
      extras.listener?.onProgress(progress);
    };
    return { ...extras, listener: { onProgress, onHealed: () => extras.listener?.onHealed() } };
  }

  /** Keeps the error that ended the run. */
  fail(error: unknown): void {
    const message = (error instanceof Error ? error.message || error.name : String(error)).split('\n')[0] ?? '';
    keep(this.#file, this.#unfinished(`did not end: ${withoutMachine(message).replace(/\.$/, '')}`));
  }

  /**
   * Keeps the result of the run.
   *
   * @returns The file.
   */
  end(report: ChaosReport): string {
    const { items, posts, duplicates, losses, resumedMs, serverFaults, polls, polledTogether, takeoverMs } = report;
    const broken = brokenPromises(report);
    keep(this.#file, {
      ...this.#described,
      kills: report.kills.total,
      overdue: report.kills.moments.overdue ?? 0,
      killsPerMinute: Math.round(report.kills.perMinute),
      failovers: serverFaults.failovers ?? 0,
      items,
      posts,
      twice: duplicates.length,
      lost: losses.length,
      broken,
      findings: broken.length === 0 ? [] : findingsOf(report).slice(0, MOST_FINDINGS).map(withoutMachine),
      resumedMs,
      polling: polls === 0 ? undefined : { together: polledTogether.length, takeoverMs },
    });
    return this.#file;
  }

  get #described() {
    const { kills, failovers, store, seed, processes, threads, replication } = this.#options;
    return {
      date: new Date().toISOString(),
      version: this.#version,
      backend: store,
      nemeses: nemesesOn(this.#options),
      seed,
      processes,
      threads,
      planned: { kills, failovers: failovers ?? 0 },
      replication: failovers === undefined ? null : replication,
    };
  }

  #unfinished(reason: string): KeptResult {
    const { kills, perMinute, items, posts } = this.#progress;
    return {
      ...this.#described,
      kills,
      overdue: null,
      killsPerMinute: Math.round(perMinute),
      failovers: 0,
      items,
      posts,
      twice: null,
      lost: null,
      broken: [reason],
      findings: [],
      resumedMs: { process: unmeasured, thread: unmeasured, open: 0, leftOut: 0 },
    };
  }
}

/** Returns the text without the stack of an error, and without paths of the machine. */
function withoutMachine(text: string): string {
  return text
    .replaceAll(/\n\s+at .*/g, '')
    .replaceAll(/(?:file:\/\/|(?<![\w:/.]))\/(?:[^\s/'"`():,]+\/)+[^\s'"`():,]*/g, '…')
    .replaceAll(/\b[A-Za-z]:\\[^\s'"`(),]+/g, '…');
}
