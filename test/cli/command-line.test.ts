import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';

import { emptyDatabase } from '../support/empty-database.ts';
import { seen } from '../support/seen-command.ts';
import { seenInProcess } from '../support/seen-in-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function urlOf(server: Server): Promise<string> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  return `postgres://me:secret@127.0.0.1:${(server.address() as AddressInfo).port}/bots`;
}

/** A server that ends each connection. It tells when somebody tries again. */
function deadServer(onRetry: () => void): Promise<string> {
  let tries = 0;
  const server = createServer((socket) => {
    socket.destroy();
    tries += 1;
    if (tries === 2) onRetry();
  });
  return urlOf(server);
}

describe('the command line', () => {
  test('--help tells the subcommands, and that of each tells its options, an example and the exit codes', async () => {
    const program = await seenInProcess(['--help']);
    expect(program).toMatchObject({ exitCode: 0, stderr: '' });
    for (const name of ['stats', 'why', 'migrate', 'backup', 'import', 'export']) {
      expect(program.stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
      const help = await seenInProcess([name, '--help']);
      expect(await seenInProcess(['help', name])).toEqual(help);
      expect(help).toMatchObject({ exitCode: 0, stderr: '' });
      for (const part of [
        '--database <database>',
        '--schema <name>',
        'SEEN_DB_URL',
        'data/seen_ids.sqlite',
        'Exit codes: 0',
      ]) {
        expect(help.stdout).toContain(part);
      }
      expect(help.stdout).toMatch(new RegExp(`Examples?:\n  seen ${name}\\b`));
    }
  });

  test('--version is that of the package', async () => {
    const { default: manifest } = await import('../../package.json', { with: { type: 'json' } });
    expect(await seenInProcess(['--version'])).toEqual({ exitCode: 0, stdout: `${manifest.version}\n`, stderr: '' });
  });

  const copy = 'backup';
  test.each([
    [[], 'Usage: seen'],
    [['restore'], "unknown command 'restore'"],
    [['restore', '--help'], "unknown command 'restore'"],
    [['stat', '-h'], 'Did you mean stats?'],
    [['backup'], "missing required argument 'destination'"],
    [['backup', copy, 'b'], 'too many arguments'],
    [['backup', copy, '--databse', 'x'], "unknown option '--databse'\n(Did you mean --database?)\nTry --help."],
    [['backup', copy, '--database'], "option '--database <database>' argument missing"],
    [['--bogus'], "unknown option '--bogus'"],
    [['help', 'restore'], "unknown command 'restore'"],
    [['backup', copy, '--database', '~/seen.sqlite'], '--database is "~/seen.sqlite", which begins with ~'],
    [['backup', ''], 'The path of a backup is empty'],
    [['why'], "missing required argument 'item'"],
    [['stats', '--database', 'mysql://me:secret@host/db'], '--database is a URL (mysql:…), but must be a path'],
    [['stats', '--database', 'postgres://me:secret@ho st/db'], '--database has white space in it'],
    [['stats', '--schema', 'bots', '--database', 'seen.sqlite'], '--schema is for PostgreSQL'],
    [['import', 'postgres://me:secret@[/db'], '<from> cannot be read as a URL'],
    [['export', 'postgres://me:secret@host/db'], '<to> is a database'],
    [['export', 'other.sqlite'], 'Bring the rows there by "seen import"'],
    [['export', '~/seen.jsonl'], '<to> is "~/seen.jsonl", which begins with ~'],
  ])('%j ends with exit code 2, and says why without a password', async (args, reason) => {
    const { exitCode, stdout, stderr } = await seenInProcess(args, { env: { SEEN_DB_PATH: emptyDatabase() } });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(reason);
    expect(stderr).not.toContain('secret');
    expect(existsSync(copy)).toBe(false);
  });

  test.each(['stats', 'why a', 'export out.jsonl', 'backup out.sqlite'])(
    'seen %s of a database that is not there makes none',
    async (command) => {
      const folder = temporaryFolder();
      const args = command.replace('out', `${folder}/out`).split(' ');
      const path = `${folder}/none/seen.sqlite`;
      const { exitCode, stdout, stderr } = await seenInProcess([...args, '--database', path]);
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
      expect(stderr).toContain(`There is no database at ${path}. Look at --database.`);
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  test('a database that the environment names, and that is not there, is looked for where it was named', async () => {
    const path = `${temporaryFolder()}/seen.sqlite`;
    const named = await seenInProcess(['stats'], { env: { SEEN_DB_PATH: path } });
    expect(named).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `There is no database at ${path}. Look at SEEN_DB_PATH.\n`,
    });
  });

  test('a server that is down is one sentence, also after Ctrl-C ends the wait for it', async () => {
    const stopped = new AbortController();
    const url = await deadServer(() => stopped.abort(new Error('Stopped by SIGINT.')));
    const asked = seenInProcess(['stats', '--json'], { env: { SEEN_DB_URL: url }, signal: stopped.signal });
    expect(await asked).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^Stopped by SIGINT\.\nThe seen store postgres:.* could not be opened: .*\. Look at SEEN_DB_URL\.\n$/,
      ) as string,
    });
  });

  test('Ctrl-C ends the wait for a server that says nothing', async () => {
    const stopped = new AbortController();
    const server = createServer(() => stopped.abort(new Error('Stopped by SIGINT.')));
    const url = await urlOf(server);
    const outcome = await seenInProcess(['migrate', '--database', url], { signal: stopped.signal });
    expect(outcome).toEqual({ exitCode: 1, stdout: '', stderr: 'Stopped by SIGINT.\n' });
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('%s ends a process that waits for a server', async (signal) => {
    const tried = Promise.withResolvers<void>();
    const url = await deadServer(tried.resolve);
    const { exitCode, stderr } = await seen(['stats', '--database', url], {
      onStart: (child) => void tried.promise.then(() => child.kill(signal)),
    });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringMatching(new RegExp(`^Stopped by ${signal}\\.\n.*could not be opened: .*\n$`)) as string,
    });
  });

  test('on a Node that the native module would end, one sentence names the Node that it needs', async () => {
    const older =
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, napi: '9', node: '20.1.0' } })";
    const nodeOptions = ['--import', `data:text/javascript,${encodeURIComponent(older)}`];
    expect(await seen(['backup', copy, '--database', emptyDatabase()], { nodeOptions })).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^Node 20\.1\.0 lacks Node-API 10, .* Install Node 22\.14 or a later 22, or 23\.6 .*\.\n$/,
      ) as unknown,
    });
    expect(existsSync(copy)).toBe(false);
  });
});
