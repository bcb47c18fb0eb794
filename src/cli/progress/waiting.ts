import { monotonicNow, sleepUnlessAborted } from '../../store/clock.ts';
import type { PostgresOptions, SqliteOptions } from '../../store/options.ts';
import { ServerUrl } from '../../store/server-url.ts';
import type { CommandContext } from '../context.ts';
import { durationText } from '../views/duration-text.ts';
import { ProgressLine } from './progress-line.ts';

/** A person who waits for longer than this, in milliseconds, is told what for. */
const PATIENCE_MS = 2_000;

/** Time between two looks at the clock, in milliseconds. */
const TICK_MS = 500;

type Database = SqliteOptions | PostgresOptions;

/** Work that begins with opening the database. `isOpen` ends the wait, where the work goes on. */
type Work<Result> = (database: Database, isOpen: () => void) => Promise<Result>;

/** Does work on a database that may have to be waited for, and tells a person what for, and for how long at most. */
export function waitingFor<Result>(context: CommandContext, database: Database, work: Work<Result>): Promise<Result> {
  return new Wait(context, database, PATIENCE_MS).during(work);
}

/**
 * Makes or updates a database, which may take long, and tells a person so. The work on a file leaves no time to tell it
 * later: on a terminal it is told at once.
 *
 * @param text The work that is being done.
 */
export function whileUpdating<Result>(
  context: CommandContext,
  database: Database,
  text: string,
  work: Work<Result>,
): Promise<Result> {
  const patienceMs = context.screen.isTTY === true ? 0 : PATIENCE_MS;
  return new Wait(context, database, patienceMs, text).during(work);
}

class Wait {
  readonly #clock: CommandContext['clock'];
  readonly #database: Database;
  readonly #text: string | undefined;
  readonly #line: ProgressLine;
  readonly #startedAt: number;
  readonly #ended = new AbortController();
  /** The reason why the server cannot be reached. */
  #problem: string | undefined;

  /** @param text The work that is being done while nothing has to be waited for. Default: it counts as a wait as well. */
  constructor(context: CommandContext, database: Database, patienceMs: number, text?: string) {
    this.#clock = context.clock;
    this.#database = database;
    this.#text = text;
    this.#line = new ProgressLine(context, patienceMs);
    this.#startedAt = monotonicNow(context.clock);
  }

  async during<Result>(work: Work<Result>): Promise<Result> {
    const telling = this.#tell();
    try {
      return await work(this.#listening(), () => this.#end());
    } finally {
      this.#end();
      await telling;
    }
  }

  async #tell(): Promise<void> {
    while (!this.#ended.signal.aborted) {
      this.#line.show(this.#describe());
      await sleepUnlessAborted(this.#clock, TICK_MS, this.#ended.signal, { ref: false });
    }
  }

  #end(): void {
    this.#ended.abort();
    this.#line.clear();
  }

  /** The store tells its log why it has to wait. */
  #listening(): Database {
    const { logger } = this.#database;
    const warn = (event: string, fields: object = {}): void => {
      if (this.#ended.signal.aborted || event !== 'seen_store_unreachable') return logger.warn(event, fields);
      // The rest of the reason says what to do. It comes with the end of the wait.
      const [problem] = 'reason' in fields ? String(fields.reason).split('. ') : [];
      this.#problem = problem;
    };
    return { ...this.#database, logger: { ...logger, warn } };
  }

  #describe(): string {
    if (this.#text !== undefined && this.#problem === undefined) return `${this.#text} …`;
    if (!('server' in this.#database)) return `Waiting for ${this.#database.path} …`;
    const { server, busyTimeoutMs } = this.#database;
    const name = server instanceof ServerUrl ? server.location : 'the server';
    const leftMs = busyTimeoutMs - (monotonicNow(this.#clock) - this.#startedAt);
    // A server that was reached may be given longer, for its migrations.
    const limit = leftMs > 0 ? `, ${durationText(leftMs)} at most` : '';
    return `Waiting for ${name}${limit}${this.#problem === undefined ? '' : `: ${this.#problem}`} …`;
  }
}
