import type { Cut, PostgresProxy } from '../../local/postgres/index.ts';
import { Random } from '../../local/random.ts';
import type { History } from '../history.ts';
import type { Cluster } from './database/cluster.ts';
import type { KillsReached } from './nemesis.ts';
import { pause } from './pause.ts';
import type { NemesisName } from '../choices.ts';

/** Faults of a server, in the words of the report. */
export const serverFaults = {
  backends: 'sessions of stores that the server ended',
  restarts: 'times the server was stopped or killed, and started again',
  cuts: 'connections that were cut when a write was executed or sent, before its answer',
  swallows: 'times nothing came through, in one direction or both, for up to a second and a half',
  delays: 'times everything took up to a tenth of a second longer',
  drops: 'times all connections were reset',
  failovers: 'failovers to the standby',
} as const;

export type ServerFault = keyof typeof serverFaults;

/** Faults during which the database cannot be asked. */
export const absences: ReadonlySet<ServerFault> = new Set(['failovers', 'restarts', 'swallows']);

type Work = (random: Random, signal: AbortSignal) => Promise<void>;

const BETWEEN_SESSIONS_MS = 1_000;
/** The kills between two restarts of the server. */
const BETWEEN_RESTARTS = 10;
/** Statements that change something, the last of a transaction among them. */
const WRITES = /^\s*(?:commit|insert|update|delete|with)\b/i;

/** Disturbs the server of a run and the way to it. Times are real ones: a server knows no fast clock. */
export class ServerNemeses {
  readonly counts: Partial<Record<ServerFault, number>> = {};
  readonly #cluster: Cluster;
  readonly #history: History;
  readonly #seed: number;
  readonly #onFault: (fault: ServerFault) => void;

  /** @param onFault Called after each fault. */
  constructor(cluster: Cluster, seed: number, history: History, onFault: (fault: ServerFault) => void) {
    this.#onFault = onFault;
    this.#cluster = cluster;
    this.#seed = seed;
    this.#history = history;
  }

  /** Resolves soon after the signal aborts. The server runs then, and everything comes through. */
  async run(names: readonly NemesisName[], reached: KillsReached, signal: AbortSignal): Promise<void> {
    const works: Readonly<Record<NemesisName, Work>> = {
      backends: (_random, ending) => this.#endSessions(ending),
      restart: (random, ending) => this.#restart(random, reached, ending),
      proxy: (random, ending) => this.#disturbWay(random, ending),
      clocks: async () => undefined,
      pauses: async () => undefined,
    };
    await Promise.all(names.map((name, index) => works[name](new Random(this.#seed ^ (0x5e00 + index)), signal)));
    this.#cluster.way.heal();
  }

  /** Fails over so many times, spread over the kills. */
  async failOver(failovers: number, kills: number, reached: KillsReached, signal: AbortSignal): Promise<void> {
    const random = new Random(this.#seed ^ 0xfa11);
    for (let done = 0; done < failovers && !signal.aborted; done += 1) {
      await reached(Math.floor((kills * done) / failovers), signal);
      await pause(random.between(300, 1_500), signal);
      if (signal.aborted) return;
      await this.#cluster.failOver(random.between(50, 800));
      this.#note('failovers');
    }
  }

  async #endSessions(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await pause(BETWEEN_SESSIONS_MS, signal);
      try {
        const ended = await this.#cluster.primary.ask(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE application_name = 'sapphire-plugin-seen'`,
        );
        this.#note('backends', ended.length);
      } catch (error) {
        // Another nemesis has just stopped the server, which ended them as well.
        this.#history.write({ event: 'server', fault: 'none', error: String(error) });
      }
    }
  }

  async #restart(random: Random, reached: KillsReached, signal: AbortSignal): Promise<void> {
    for (let kills = BETWEEN_RESTARTS / 2; !signal.aborted; kills += BETWEEN_RESTARTS) {
      await reached(kills, signal);
      if (signal.aborted) return;
      const { primary } = this.#cluster;
      const mode = random.pick(['fast', 'immediate', 'kill'] as const);
      await (mode === 'kill' ? primary.kill() : primary.stop(mode));
      await pause(random.between(0, 1_500), signal);
      await primary.start();
      this.#note('restarts');
    }
  }

  async #disturbWay(random: Random, signal: AbortSignal): Promise<void> {
    const { way } = this.#cluster;
    while (!signal.aborted) {
      const kind = random.weighted<ServerFault>([
        ['cuts', 60],
        ['swallows', 15],
        ['delays', 15],
        ['drops', 10],
      ]);
      this.#note(kind);
      await disturb(way, kind, random, signal);
      if (kind !== 'cuts') way.heal();
      await pause(random.between(200, 1_500), signal);
    }
  }

  #note(fault: ServerFault, times = 1): void {
    this.counts[fault] = (this.counts[fault] ?? 0) + times;
    this.#history.write({ event: 'server', fault, times });
    this.#onFault(fault);
  }
}

async function disturb(way: PostgresProxy, kind: ServerFault, random: Random, signal: AbortSignal): Promise<void> {
  if (kind === 'cuts') {
    const when = random.weighted<NonNullable<Cut['when']>>([
      ['executed', 70],
      ['sent', 20],
      ['before', 10],
    ]);
    way.cut({ matching: WRITES, nth: random.between(1, 6), when });
  }
  if (kind === 'swallows') {
    way.swallow(random.pick(['requests', 'answers', 'both'] as const));
    await pause(random.between(100, 1_500), signal);
  }
  if (kind === 'delays') {
    way.delay(random.between(5, 100));
    await pause(random.between(200, 1_500), signal);
  }
  if (kind === 'drops') way.drop();
}
