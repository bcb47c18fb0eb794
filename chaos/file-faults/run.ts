import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';

import { whenAborted } from '../../scripts/stop.ts';
import { openSeenStore } from '../../src/store/index.ts';
import { bundleClients } from '../bundle-clients.ts';
import type { History } from '../history.ts';
import type { ChaosOptions } from '../options.ts';
import { PROGRESS_MS, type RunExtras } from '../run-extras.ts';
import type { Evidence } from './checker.ts';
import { ClientSlot } from './client-slot.ts';
import { DatabaseFiles } from './database-files.ts';
import { Nemesis } from './nemesis.ts';
import { acknowledged, Operations } from './operations.ts';
import type { Fault } from './plan.ts';
import type { Notice } from './protocol.ts';
import { Recovery } from './recovery.ts';
import { report, type FileFaultsReport } from './report.ts';
import { monotonicMs, runClock } from './run-clock.ts';

/** The main module of a client. */
export const clientPrograms = { client: new URL('client.ts', import.meta.url) };
/** Time after the last fault in which the clients go on, in milliseconds. */
const QUIET_MS = 500;
/** Time within which the clients must have ended after that, in milliseconds. */
const END_TIMEOUT_MS = 60_000;

export interface Progress {
  readonly faults: number;
  readonly operations: number;
}

export type FileFaultsOptions = Pick<ChaosOptions, 'seed' | 'processes' | 'design'>;

/**
 * Runs one test of the database's files, in the terms of Jepsen (https://jepsen.io): the clients generate the load,
 * each a process with a store of its own; the nemesis stops and kills them, and deletes, renames and replaces the
 * files; the history has each operation with its answer; and the checker compares what was acknowledged with what a
 * fresh process finds in the end.
 */
export async function runFileFaults(
  options: FileFaultsOptions,
  plan: readonly Fault[],
  { history, listener, signal = new AbortController().signal, programs }: RunExtras<Progress>,
): Promise<FileFaultsReport> {
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'seen-chaos-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  if (programs === undefined) await bundleClients(clientPrograms, folder);
  const program = join(programs ?? folder, 'client.mjs');
  const setup = setUp(options, { folder, program, history, signal });
  const { slots, nemesis, operations, problems, events, files } = setup;
  stack.defer(async () => {
    await Promise.all(slots.map((slot) => slot.kill()));
  });
  const progress = (): Progress => ({ faults: nemesis.total, operations: operations.all.length });
  const timer = setInterval(() => listener?.onProgress(progress()), PROGRESS_MS);
  stack.defer(() => clearInterval(timer));
  for (const slot of slots) slot.start();
  await Promise.race([nemesis.run(plan), whenAborted(signal)]);
  listener?.onHealed();
  await delay(QUIET_MS);
  await endAll(setup);
  const evidence = await collect(setup, files.path);
  return report({ ...options, counts: nemesis.counts, evidence, deliveries: operations.deliveries, problems, events });
}

type Setup = ReturnType<typeof setUp>;

interface Surroundings {
  readonly folder: string;
  readonly program: string;
  readonly history: History;
  readonly signal: AbortSignal;
}

function setUp({ seed, processes, design }: FileFaultsOptions, { folder, program, history, signal }: Surroundings) {
  const data = join(folder, 'data');
  const copies = join(folder, 'copies');
  for (const name of [data, copies]) mkdirSync(name);
  const startedAt = monotonicMs();
  const now = runClock(startedAt);
  const database = join(data, 'seen.sqlite');
  const operations = new Operations();
  const problems: string[] = [];
  const events: string[] = [];
  const onProblem = (text: string): void => void problems.push(text);
  const onNotice = (client: string, notice: Notice): void => {
    history.write({ client, ...notice });
    operations.note(client, notice);
    if (notice.event === 'log') events.push(notice.name);
  };
  const config = { program, folder: join(folder, 'clients'), database, seed, startedAt, design };
  const slots = Array.from(
    { length: processes },
    (_, number) => new ClientSlot(number, config, { onNotice, onProblem }),
  );
  const files = new DatabaseFiles(database, copies, now);
  const shouldStop = (): boolean => problems.length > 0 || signal.aborted;
  const recovery = new Recovery(operations, now, shouldStop);
  const nemesis = new Nemesis({ slots, files, recovery, history, now, onProblem, shouldStop });
  return { slots, files, nemesis, operations, problems, events };
}

async function endAll({ slots, problems }: Setup): Promise<void> {
  const ended = Promise.all(slots.map((slot) => slot.end()));
  const late = delay(END_TIMEOUT_MS, 'late' as const, { ref: false });
  const first = await Promise.race([ended, late]);
  if (first === 'late') problems.push(`A client did not end within ${END_TIMEOUT_MS} ms.`);
}

/** Looks at the database from this process, which has never opened it as a store before. */
async function collect({ operations, nemesis }: Setup, path: string): Promise<Evidence> {
  const { kills, replacements } = nemesis.actions;
  const promised = acknowledged(operations.all, 'mark', 'commit').flatMap(({ ids }) => ids);
  const store = await openSeenStore({ path });
  const unseen = new Set(await store.filterUnseen(promised));
  await store.close();
  const integrity = checkIntegrity(path);
  return { operations: operations.all, kills, replacements, unseen, integrity };
}

function checkIntegrity(path: string): string {
  const db = new BetterSqlite3(path, { readonly: true });
  try {
    return String(db.pragma('integrity_check', { simple: true }));
  } finally {
    db.close();
  }
}
