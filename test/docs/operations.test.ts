import { execFile } from 'node:child_process';
import { chmodSync, globSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

import { OwnerProcess } from '../support/owner-process.ts';
import { processEnv } from '../support/process-env.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const run = promisify(execFile);
const text = readFileSync('docs/operations.md', 'utf8');
const command = fileURLToPath(new URL('../../src/cli/seen.ts', import.meta.url));

/** The section under a heading of the second level. */
function section(heading: string): string {
  const begin = text.indexOf(`\n## ${heading}\n`);
  expect(begin, heading).toBeGreaterThan(0);
  const end = text.indexOf('\n## ', begin + 1);
  return text.slice(begin, end === -1 ? undefined : end);
}

/** The commands of a section, one script a block. */
function scripts(heading: string): string[] {
  return [...section(heading).matchAll(/^( *)```sh\n([\s\S]*?)^\1```$/gm)].map((match) => match[2] ?? '');
}

const [backUp = ''] = scripts('Back up');
const [restore = ''] = scripts('Restore');
const [takeAway = '', putInPlace = ''] = scripts('Move to another machine');

/** A machine with a bot's folder, in which the commands of the document are run as they stand there. */
class Machine {
  readonly folder = temporaryFolder();
  readonly path = join(this.folder, 'data/seen_ids.sqlite');
  readonly #bin = temporaryFolder();

  constructor() {
    const shim = join(this.#bin, 'seen');
    writeFileSync(shim, `#!/bin/sh\nexec "${process.execPath}" "${command}" "$@"\n`);
    chmodSync(shim, 0o755);
  }

  async run(script: string): Promise<string> {
    const env = { ...processEnv, PATH: `${this.#bin}${delimiter}${processEnv.PATH}` };
    const { stdout, stderr } = await run('sh', ['-e', '-c', script], { cwd: this.folder, env });
    return stdout + stderr;
  }

  startBot(): Promise<OwnerProcess> {
    mkdirSync(join(this.folder, 'data'), { recursive: true });
    return OwnerProcess.start({ path: this.path });
  }

  /** The files beside the database, each by the end of its name. */
  get files(): string[] {
    return readdirSync(join(this.folder, 'data')).map((name) => name.replace('seen_ids.sqlite', ''));
  }
}

async function post(bot: OwnerProcess, id: string): Promise<void> {
  await bot.commit(await bot.claim([id]));
}

/** The ids that the bot would post: those that it has not seen. */
async function wouldPost(bot: OwnerProcess, ids: readonly string[]): Promise<string[]> {
  return (await bot.claim(ids)).map(({ id }) => id);
}

describe('the steps of the document, word by word', () => {
  test('there are steps to walk', () => {
    expect(scripts('Back up')).toHaveLength(1);
    expect(scripts('Restore')).toHaveLength(1);
    expect(scripts('Move to another machine')).toHaveLength(2);
  });

  test('a backup of a running bot is restored under the running bot, which goes on with it', async () => {
    const machine = new Machine();
    const bot = await machine.startBot();
    await post(bot, 'before');
    await machine.run(backUp);
    await post(bot, 'after');
    await machine.run(restore);
    expect(await wouldPost(bot, ['before', 'after'])).toEqual(['after']);
    await bot.close();
    const next = await machine.startBot();
    expect(await wouldPost(next, ['before', 'new'])).toEqual(['new']);
  });

  test('a backup is restored after the bot was stopped', async () => {
    const machine = new Machine();
    const bot = await machine.startBot();
    await post(bot, 'before');
    await machine.run(backUp);
    await post(bot, 'after');
    await bot.close();
    expect(machine.files.filter((name) => name === '-wal' || name === '-shm')).toEqual([]);
    await machine.run(restore);
    expect(await wouldPost(await machine.startBot(), ['before', 'after'])).toEqual(['after']);
  });

  test('a backup that is restored after a kill counts, and the log that was left is set aside', async () => {
    const machine = new Machine();
    const bot = await machine.startBot();
    await post(bot, 'before');
    await machine.run(backUp);
    await post(bot, 'after');
    await bot.kill();
    expect(machine.files).toContain('-wal');
    await machine.run(restore);
    expect(await wouldPost(await machine.startBot(), ['before', 'after'])).toEqual(['after']);
    expect(machine.files.filter((name) => name.startsWith('-wal.set-aside-'))).toHaveLength(1);
  });

  test('a backup that is made between a restore and the next start is one of what was restored', async () => {
    const machine = new Machine();
    const bot = await machine.startBot();
    await post(bot, 'before');
    await machine.run(backUp);
    await post(bot, 'after');
    await bot.kill();
    await machine.run(restore);
    expect(await machine.run(backUp.replace('backup ', 'backup --force '))).toContain('seen_store_log_set_aside');
    await machine.run(restore);
    expect(await wouldPost(await machine.startBot(), ['before', 'after'])).toEqual(['after']);
  });

  test('a store moves to another machine', async () => {
    const [machine, other] = [new Machine(), new Machine()];
    const bot = await machine.startBot();
    await post(bot, 'before');
    await bot.kill();
    await machine.run(takeAway);
    writeFileSync(join(other.folder, 'moved.sqlite'), readFileSync(join(machine.folder, 'moved.sqlite')));
    await other.run(putInPlace);
    expect(await wouldPost(await other.startBot(), ['before', 'new'])).toEqual(['new']);
  });

  test('a store moves without a backup, with the two files that belong together', async () => {
    const [machine, other] = [new Machine(), new Machine()];
    const bot = await machine.startBot();
    await post(bot, 'before');
    await bot.kill();
    mkdirSync(join(other.folder, 'data'));
    for (const suffix of ['', '-wal']) {
      writeFileSync(`${other.path}${suffix}`, readFileSync(`${machine.path}${suffix}`));
    }
    expect(section('Move to another machine')).toContain('`seen_ids.sqlite-wal`, which belong together');
    expect(await wouldPost(await other.startBot(), ['before', 'new'])).toEqual(['new']);
  });
});

describe('the table of files', () => {
  const listed = [...section('The files').matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1] ?? '');

  test('it lists every file that a running and a killed bot have', async () => {
    const machine = new Machine();
    const bot = await machine.startBot();
    await post(bot, 'a');
    const expected = machine.files.map((suffix) => `seen_ids.sqlite${suffix}`);
    await bot.kill();
    expect(listed).toEqual(expect.arrayContaining(expected));
    expect(expected.length).toBeGreaterThan(3);
  });

  test('it lists every suffix that the code gives to a file', () => {
    const suffixes = globSync('src/store/sqlite/**/*.ts').flatMap((file) =>
      [
        ...readFileSync(file, 'utf8').matchAll(
          /`\$\{(?:path|log|destination|noteOf\(path\))\}([.-][a-z]+(?:[.-][a-z]+)*)/g,
        ),
      ].map((match) => match[1] ?? ''),
    );
    expect(suffixes.length).toBeGreaterThan(5);
    const names = listed.join('\n');
    // The note while it is being written, which is gone before anybody could look.
    const passing = ['.new'];
    expect(suffixes.filter((suffix) => !passing.includes(suffix) && !names.includes(suffix))).toEqual([]);
  });
});

describe('the table of log events', () => {
  /** The levels of each event, from every call of a logger in the store. */
  function eventsOfSource(): Map<string, string[]> {
    const events = new Map<string, string[]>();
    for (const file of globSync('src/store/**/*.ts')) {
      for (const [, level = '', name = ''] of readFileSync(file, 'utf8').matchAll(
        /logger\s*\.(debug|info|warn|error)\(\s*'(\w+)'/g,
      )) {
        events.set(name, [...new Set([...(events.get(name) ?? []), level])].toSorted());
      }
    }
    return events;
  }

  // The first table is the store's; those of the feed and of the bot follow.
  const table =
    section('What the log says')
      .split('\n\n')
      .find((block) => block.startsWith('| event |')) ?? '';
  const rows = [...table.matchAll(/^\| `(\w+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm)];

  test('it has each event once, with its level, its meaning and what to do', () => {
    const events = rows.map(([, name = '', levels = '']) => [name, levels.split(' or ').toSorted()] as const);
    expect(new Set(events.map(([name]) => name)).size).toBe(rows.length);
    expect(Object.fromEntries(events)).toEqual(Object.fromEntries(eventsOfSource()));
    for (const [, , , meaning = '', remedy = ''] of rows) expect(meaning.length * remedy.length).toBeGreaterThan(0);
  });

  test('no logger is called with an event that this test would not see', () => {
    const calls = globSync('src/store/**/*.ts').flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/logger\s*\.(?:debug|info|warn|error)\(\s*([^'\s])/g)].map(() => file),
    );
    expect(calls).toEqual([]);
  });
});

describe('the tables of the feed, the plugin, its command, EDGAR and the bot', () => {
  const call = /[lL]ogger(?:\((?:this\.#)?\w*\))?\s*\.(debug|info|warn|error|fatal)\(([^,)]*)/g;
  /** A reason why a crawl is not complete: an error where a person has to do something about it, else a warning. */
  const finding = /(deadEnd = )?\{\s*event: '(\w+)'[^{}]*\}/g;
  const rooms = 'src/{feed,plugins,commands,edgar,bot}/**/*.ts';

  const source = globSync(rooms)
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');

  /** The levels of each event, from every call of a logger. A call may choose between two events. */
  function eventsOfSource(): Map<string, string[]> {
    const events = new Map<string, string[]>();
    const add = (name: string, level: string) =>
      events.set(name, [...new Set([...(events.get(name) ?? []), level])].toSorted());
    for (const [, level = '', argument = ''] of source.matchAll(call)) {
      for (const [, name = ''] of argument.matchAll(/['`]([a-z]+_\w+)/g)) add(name, level);
    }
    for (const [whole, deadEnd, name = ''] of source.matchAll(finding)) {
      add(name, deadEnd !== undefined || whole.includes('isFault: true') ? 'error' : 'warn');
    }
    return events;
  }

  // All tables but the first, which is the store's. Some rows name two events.
  const tables = `${section('What the log says')}\n\n${section('The bot and Discord')}`
    .split('\n\n')
    .filter((block) => block.startsWith('| event |'))
    .slice(1);
  const rows = [...tables.join('\n').matchAll(/^\| (`[^|]+`) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm)].flatMap(
    ([, names = '', levels = '', meaning = '', remedy = '']) =>
      names.split(', ').map((name) => ({ name: name.slice(1, -1), levels: levels.split(' or '), meaning, remedy })),
  );

  test('they have each event once, with its level, its meaning and what to do', () => {
    const events = rows.map(({ name, levels }) => [name, levels.toSorted()] as const);
    expect(new Set(events.map(([name]) => name)).size).toBe(rows.length);
    expect(Object.fromEntries(events)).toEqual(Object.fromEntries(eventsOfSource()));
    for (const { meaning, remedy } of rows) expect(meaning.length * remedy.length).toBeGreaterThan(0);
  });

  test('no event of EDGAR is in the source in a way that this test would not see', () => {
    const named = [...source.matchAll(/'(edgar_\w+)'/g)].map((match) => match[1] ?? '');
    expect([...new Set(named)].filter((name) => !eventsOfSource().has(name))).toEqual([]);
    expect(new Set(named).size).toBeGreaterThan(10);
  });
});
