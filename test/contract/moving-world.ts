import { REST } from 'discord.js';
import { onTestFinished } from 'vitest';

import { Delivery } from '../../src/feed/pipeline.ts';
import { openSeenStore, type SeenStore, type SeenStoreOptions } from '../../src/store/index.ts';
import { resolveSeenStoreOptions, resolveSqliteOptions } from '../../src/store/options.ts';
import { movableDatabase } from '../../src/store/databases.ts';
import { admitDeparture, admitImport } from '../../src/store/transfer/admission.ts';
import {
  createsMessage,
  failNext,
  ids,
  startLocalDiscord,
  type LocalDiscord,
  type LocalDiscordOptions,
} from '../../local/discord/index.ts';
import { newDatabasePath } from '../support/database-file.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { NoteFeed, type Note } from '../support/notes.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { seenInProcess } from '../support/seen-in-process.ts';
import type { CommandOutcome } from '../support/seen-command.ts';
import type { ContractBackend } from './backend.ts';

/** A bot that was started on a database. */
interface Bot {
  readonly store: SeenStore;
  deliver(items: readonly Note[]): Promise<unknown>;
}

/** A world in which the file and the address of the document are those of real databases. */
export class Move {
  /** The command goes by the true time, by which a bot must have been there lately. */
  readonly clock = new ManualClock(Date.now());
  readonly logger = new RecordingLogger();
  readonly file = { path: newDatabasePath() };
  readonly target: SeenStoreOptions;
  readonly #backend: ContractBackend;
  readonly #discord: LocalDiscord;

  private constructor(backend: ContractBackend, target: SeenStoreOptions, discord: LocalDiscord) {
    this.#backend = backend;
    this.target = target;
    this.#discord = discord;
  }

  static async start(backend: ContractBackend, options: LocalDiscordOptions = {}): Promise<Move> {
    const discord = await startLocalDiscord(options);
    onTestFinished(() => discord.close());
    return new Move(backend, await backend.newDatabase(), discord);
  }

  get posted(): string[] {
    return this.#discord.messages(ids.announcements).map(({ content }) => content.replace(/:.*/, ''));
  }

  /** The next post is made, and its answer gets lost. */
  loseNextAnswer(): void {
    this.#discord.faults = failNext(1, { kind: 'disconnect', applied: true }, createsMessage(ids.announcements));
  }

  /** The next post is not made. */
  failNextPost(): void {
    this.#discord.faults = failNext(1, { kind: 'status', status: 500 }, createsMessage(ids.announcements));
  }

  async startOn(database: 'file' | 'target'): Promise<Bot> {
    const { clock, logger } = this;
    const store =
      database === 'file'
        ? await openSeenStore({ ...this.file, clock, logger })
        : await this.#backend.open({ ...this.target, clock, logger });
    onTestFinished(() => store.close());
    const { api, token } = this.#discord;
    const rest = new REST({ api, version: '10', offset: 0, globalRequestsPerSecond: 10_000, retries: 0 }).setToken(
      token,
    );
    const delivery = new Delivery({ feed: new NoteFeed(), store, rest, clock, logger, options: { firstRun: 'post' } });
    const signal = new AbortController().signal;
    return { store, deliver: (items) => delivery.run({ items, complete: true }, signal) };
  }

  /** Starts a bot whose environment is what the document says, with the file's variable kept. */
  startWith(env: Readonly<Record<string, string>>): Promise<Bot> {
    const options = resolveSeenStoreOptions({}, { SEEN_DB_PATH: this.file.path, ...env });
    return this.startOn('server' in options ? 'target' : 'file');
  }

  /** Runs a command of the document. With a signal, until it aborts. */
  run(command: string, signal: AbortSignal = new AbortController().signal): Promise<CommandOutcome> {
    const address = this.target.url ?? this.target.path ?? '';
    const args = command
      .replace(/^seen /, '')
      .replace('data/seen_ids.sqlite', this.file.path)
      .replace(/postgres:\S+/, address)
      .split(' ');
    return seenInProcess(args, { env: this.#env, signal });
  }

  /** The same, with the target left to the variable. */
  runByVariable(command: string): Promise<CommandOutcome> {
    const [source, ...others] = command.split(/ --database postgres:\S+/);
    if (source === undefined || others.join('') !== '') throw new Error(`${command} does not end with its database.`);
    return this.run(source);
  }

  /** A move that is killed after it has taken the file out of service. */
  async kill(): Promise<void> {
    const [file, target] = [resolveSqliteOptions(this.file, {}), resolveSeenStoreOptions(this.target, {})];
    const source = await movableDatabase(file).openSource();
    const filled = await movableDatabase(target).openAlone(admitImport(source, { isReplacing: false, at: 0 }));
    await source.close();
    const left = await movableDatabase(file).openAlone(admitDeparture(filled.database, 0));
    await left.close();
    await filled.close();
  }

  get #env(): Readonly<Record<string, string | undefined>> {
    const { url, path, schema } = this.target;
    return { SEEN_DB_URL: url, SEEN_DB_PATH: path, SEEN_DB_SCHEMA: schema };
  }
}
