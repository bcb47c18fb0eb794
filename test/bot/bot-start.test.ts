import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';

import { envVariables } from '../../src/bot/env/variables.ts';
import { generatedFeed } from '../../local/edgar/index.ts';
import { botWorld, type BotWorld } from '../support/bot-world.ts';
import { processEnv } from '../support/process-env.ts';
import { botFile } from '../support/program-file.ts';
import { requirement } from '../support/requirement.ts';

// Each test starts whole programs, beside those of other tests.
vi.setConfig({ testTimeout: 60_000 });

/** The bot as it is shipped, of which an old Node loads each file for itself. */
const built = fileURLToPath(new URL('../../dist/esm/bot/main.js', import.meta.url));
const bundled = fileURLToPath(botFile());

interface Run {
  readonly code: number | string | null;
  readonly output: string;
}

/** Runs the bot until it ends of itself. */
function run(
  variables: Readonly<Record<string, string>>,
  args: readonly string[] = [],
  { node = process.execPath, program = bundled } = {},
): Promise<Run> {
  const env = { ...processEnv, ...variables };
  return new Promise((resolve) => {
    execFile(node, [program, ...args], { env, timeout: 30_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : (error.code ?? error.signal ?? null), output: stdout + stderr });
    });
  });
}

const world = (): Promise<BotWorld> => botWorld(generatedFeed({ filings: 3 }));

describe('the command line', () => {
  test('--help names every variable and the exit codes', async () => {
    const { code, output } = await run({}, ['--help']);
    expect(code).toBe(0);
    for (const { name } of envVariables) expect(output).toContain(`  ${name}\n`);
    expect(output).toContain('Exit codes: 0');
  });

  test('an unknown argument is named', async () => {
    const { code, output } = await run({}, ['--dry-run']);
    expect(code).toBe(2);
    expect(output).toMatch(/^Unknown argument: --dry-run/);
  });
});

describe('a wrong environment', () => {
  test('a wrong environment names every variable at once', async () => {
    const { code, output } = await run({
      DISCORD_CHANNEL_ID: '#filings',
      EDGAR_USER_AGENT: 'me',
      SEEN_TTL_DAYS: '-1',
      LLM_BASE_URL: 'http://127.0.0.1:9/v1',
    });
    expect(code).toBe(2);
    const named = [...output.matchAll(/^ {2}([A-Z_]+): /gm)].map(([, name]) => name);
    expect(named).toEqual(['DISCORD_TOKEN', 'DISCORD_CHANNEL_ID', 'SEEN_TTL_DAYS', 'EDGAR_USER_AGENT', 'LLM_MODEL']);
  });

  test('without a declared User-Agent nothing starts, and the text says what to set', async () => {
    const { variables, edgar, discord } = await world();
    const { code, output } = await run({ ...variables, EDGAR_USER_AGENT: '' });
    expect(code).toBe(2);
    expect(output).toContain('such as: Example Corp filings@example.com');
    expect([edgar.requests, discord.requests]).toEqual([[], []]);
  });
});

describe('a start that is impossible', () => {
  test('a bot whose database is none says so clearly, and tries nothing else', async () => {
    const { variables, database, discord, edgar } = await world();
    const notes = 'These are my notes and no database at all.\n'.repeat(100);
    writeFileSync(database, notes);
    const { code, output } = await run(variables);
    expect(code).toBe(1);
    expect(output).toContain('"msg":"bot_failed"');
    expect(output).toContain('could not be opened: it is not a SQLite database. Set SEEN_DB_PATH to another file');
    expect(readFileSync(database, 'utf8')).toBe(notes);
    expect([edgar.requests, discord.requests]).toEqual([[], []]);
  });

  test('a bot with a wrong token says so clearly, without the token, and closes the store', async () => {
    const { variables, database } = await world();
    const token = 'MTIzNDU2Nzg5MDEyMzQ1Njc4.wrong0.a-token-of-somebody-elses-bot';
    const { code, output } = await run({ ...variables, DISCORD_TOKEN: token });
    expect(code).toBe(1);
    const failure = output.split('\n').find((line) => line.includes('"msg":"bot_unauthorized"'));
    expect(failure).toContain('"hint":"Set DISCORD_TOKEN to a valid token."');
    expect(failure).toContain('An invalid token was provided');
    expect(output).not.toContain('bot_failed');
    expect(output).not.toContain(token);
    expect(output).not.toContain(token.split('.').at(-1));
    expect(output).toContain('seen_store_connection_closed');
    expect(existsSync(`${database}-wal`)).toBe(false);
  });
});

describe('a Node that is too old', () => {
  const complaint =
    /^Node \d+\.\d+\.\d+ lacks Node-API 10, .* Install Node 22\.14 or a later 22, or 23\.6 .*\. "npm start" brings a Node of its own\.\n$/;
  const old = findOldNode();
  const { missing, note } = requirement(old !== undefined, 'no Node below 22.14 in the PATH');

  test.skipIf(missing)(`a Node below 22.14 says what to do, and does not crash${note}`, async () => {
    const { code, output } = await run({}, [], { node: old, program: built });
    expect(code).toBe(1);
    expect(output).toMatch(complaint);
  });

  test.each(['20.20.2', '22.13.1', '23.5.0'])('Node %s says what to do', async (version) => {
    const versions = JSON.stringify({ ...process.versions, node: version, napi: '9' });
    const pretence = `Object.defineProperty(process, 'versions', { value: ${versions} })`;
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(pretence)}`;
    const { code, output } = await run({ NODE_OPTIONS }, [], { program: built });
    expect(code).toBe(1);
    expect(output).toMatch(complaint);
    expect(output).toContain(`Node ${version} lacks`);
  });
});

/** A Node of the machine's own: the project's is new enough. */
function findOldNode(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  return folders.map((folder) => join(folder, 'node')).find((node) => existsSync(node) && isOld(node));
}

/** Asks the folder beside it, not the program: that takes no process. */
function isOld(node: string): boolean {
  const header = join(node, '../../include/node/node_version.h');
  const text = existsSync(header) ? readFileSync(header, 'utf8') : '';
  const [major, minor] = ['MAJOR', 'MINOR'].map((part) =>
    Number(new RegExp(`NODE_${part}_VERSION (\\d+)`).exec(text)?.[1]),
  );
  return Number(major) < 22 || (major === 22 && Number(minor) < 14);
}
