import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { LogLevel } from '@sapphire/framework';
import { DiscordAPIError } from 'discord.js';
import type { SeenLogger } from 'sapphire-plugin-seen/store';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createLogger, type LoggerOptions } from '../../src/bot/logger.ts';

const TOKEN = 'MTAwMDAwMDAwMDAwMDAwMDAx.GaBcDe.abcdefghijklmnopqrstuvwxyz0123456789AB';
const KEY = 'key/with+signs&more';

async function loggerTo(options: Partial<LoggerOptions> = {}) {
  const written: string[] = [];
  const destination = { write: (line: string) => void written.push(line) };
  const logger = await createLogger({ level: 'trace', format: 'json', secrets: [TOKEN, KEY], destination, ...options });
  const lines = (): Record<string, unknown>[] => written.map((line) => JSON.parse(line));
  return { logger, written, lines, last: () => lines().at(-1) ?? {} };
}

describe('the arguments of a log call', () => {
  it('logs the (event, fields) of this project', async () => {
    const { logger, last } = await loggerTo();
    const seen: SeenLogger = logger;
    seen.info('seen_store_initialized', { path: 'data/x.sqlite', wal_mode: true });
    expect(last()).toMatchObject({ level: 30, msg: 'seen_store_initialized', path: 'data/x.sqlite', wal_mode: true });
    expect(last()['time']).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it('logs the (message, error) of Sapphire, with the causes', async () => {
    const { logger, last } = await loggerTo();
    const cause = Object.assign(new TypeError('no route'), { code: 'EHOSTUNREACH' });
    logger.error('Encountered error on event listener "x"', new Error('send failed', { cause }));
    expect(last()).toMatchObject({
      level: 50,
      msg: 'Encountered error on event listener "x"',
      err: {
        type: 'Error',
        message: 'send failed',
        cause: { type: 'TypeError', message: 'no route', code: 'EHOSTUNREACH' },
      },
    });
    expect(last()).toHaveProperty('err.stack', expect.stringContaining('logger.test.ts'));
  });

  it('logs an error alone, several errors, and aggregates', async () => {
    const { logger, lines } = await loggerTo();
    logger.fatal(new Error('alone'));
    logger.warn('two', new Error('first'), new Error('second'));
    logger.warn(new AggregateError([new Error('inside')], 'many'));
    expect(lines()).toMatchObject([
      { level: 60, msg: 'alone', err: { message: 'alone' } },
      { msg: 'two', err: { message: 'first' }, errors: [{ message: 'second' }] },
      { msg: 'many', err: { type: 'AggregateError', errors: [{ message: 'inside' }] } },
    ]);
  });

  it('serialises errors anywhere in the fields', async () => {
    const { logger, last } = await loggerTo();
    logger.warn('is_seen_error', { error: new RangeError('bad'), tried: [{ reason: new Error('deep') }] });
    expect(last()).toMatchObject({
      error: { type: 'RangeError', message: 'bad' },
      tried: [{ reason: { message: 'deep' } }],
    });
  });

  it('logs any other value', async () => {
    const { logger, lines } = await loggerTo();
    logger.info('took', 3, true, undefined, null, 10n, Symbol('s'), [1, 'a'], new Map([['k', new Date(0)]]));
    logger.info();
    logger.info({ only: 'fields' });
    logger.info('many', { a: 1 }, { b: new Set([1]), c: undefined, d: Number.NaN, e: () => 1 });
    expect(lines()).toMatchObject([
      { msg: 'took 3 true undefined null 10 Symbol(s) [1,"a"] {"k":"1970-01-01T00:00:00.000Z"}' },
      { msg: '' },
      { msg: '', only: 'fields' },
      { msg: 'many', a: 1, b: [1], d: 'NaN', e: '[function e]' },
    ]);
  });

  it('logs cycles, throwing getters and endless objects in one short line', async () => {
    const { logger, last } = await loggerTo();
    const cycle: Record<string, unknown> = { name: 'a' };
    cycle['self'] = cycle;
    const broken = Object.defineProperty({}, 'x', { enumerable: true, get: () => expect.fail(TOKEN) });
    const deep = JSON.parse('{"x":'.repeat(50) + '1' + '}'.repeat(50));
    const wide = Array.from({ length: 5000 }, (_, index) => index);
    logger.info('twice', { a: broken, b: broken, c: cycle });
    expect(last()).toMatchObject({ b: last()['a'], c: { self: '[circular]' } });
    logger.info('odd', { cycle, broken, deep, wide, long: 'x'.repeat(1e6) });
    expect(last()).toMatchObject({ cycle: { name: 'a', self: '[circular]' } });
    expect(last()['broken']).toMatch(/^\[unreadable: .*\[redacted\]/);
    expect(JSON.stringify(last()).length).toBeLessThan(20_000);
    logger.info('odd', broken);
    expect(last()['unreadable']).toMatch(/^\[unreadable: .*\[redacted\]/);
  });

  it('renames a field that pino writes itself', async () => {
    const { logger, written, last } = await loggerTo();
    logger.info('event', { level: 'high', msg: 'other', time: 1, pid: 2 });
    expect(last()).toMatchObject({ level: 30, msg: 'event', level_: 'high', msg_: 'other', time_: 1, pid_: 2 });
    expect(written[0]?.match(/"level":/g)).toHaveLength(1);
  });
});

describe('the level', () => {
  const levels = [LogLevel.Trace, LogLevel.Debug, LogLevel.Info, LogLevel.Warn, LogLevel.Error, LogLevel.Fatal];

  it('enables itself and every higher level', async () => {
    const { logger } = await loggerTo({ level: 'warn' });
    expect(levels.map((level) => logger.has(level))).toEqual([false, false, false, true, true, true]);
  });

  it('enables nothing when it is silent', async () => {
    const { logger } = await loggerTo({ level: 'silent' });
    expect(levels.some((level) => logger.has(level))).toBe(false);
  });

  it('is written as Sapphire’s number, and Sapphire’s None writes nothing', async () => {
    const { logger, lines } = await loggerTo();
    for (const level of [...levels, LogLevel.None]) logger.write(level, 'x');
    expect(lines().map(({ level }) => level)).toEqual(levels);
  });

  it('keeps a line that is not written from being read', async () => {
    const { logger, written } = await loggerTo({ level: 'info' });
    const read = vi.fn<() => string>(() => 'x');
    logger.debug('quiet', Object.defineProperty({}, 'x', { enumerable: true, get: read }));
    expect(read).not.toHaveBeenCalled();
    expect(written).toEqual([]);
  });
});

describe('the redactor', () => {
  it('takes secrets out of messages, fields, keys of maps, errors, causes and stacks', async () => {
    const { logger, written } = await loggerTo();
    const error = new Error(`401 for ${TOKEN}`, { cause: new Error(`asked ${encodeURIComponent(KEY)}`) });
    logger.error(`login with ${TOKEN} failed`, error);
    logger.error('x', { url: new URL(`https://example.com/?k=${encodeURIComponent(KEY)}`), list: [TOKEN], [KEY]: 1 });
    logger.error('x', new Map([['k', TOKEN]]), [KEY]);
    expect(written).toHaveLength(3);
    for (const line of written) {
      expect(line).toContain('[redacted]');
      expect(line).not.toContain(TOKEN);
      expect(line).not.toContain(KEY);
      expect(line).not.toContain(encodeURIComponent(KEY));
    }
  });

  it('replaces a secret whole where another one is part of it', async () => {
    const { logger, last } = await loggerTo({ secrets: ['abcdef', 'abcdefghij'] });
    logger.info('abcdefghij and abcdef');
    expect(last()['msg']).toBe('[redacted] and [redacted]');
  });

  it('recognizes a secret by the name of its field, at any depth', async () => {
    const { logger, last } = await loggerTo();
    logger.info('x', {
      token: 'a',
      options: {
        headers: { Authorization: 'b', 'x-api-key': 'c' },
        apiKey: ['d'],
        LLM_API_KEY: 'e',
        'set-cookie': 'f',
      },
      response: new Headers({ authorization: 'g', accept: 'json' }),
      max_tokens: 100,
      claim: { id: 'i', token: 7 },
    });
    expect(last()).toMatchObject({
      token: '[redacted]',
      options: {
        headers: { Authorization: '[redacted]', 'x-api-key': '[redacted]' },
        apiKey: '[redacted]',
        LLM_API_KEY: '[redacted]',
        'set-cookie': '[redacted]',
      },
      response: { authorization: '[redacted]', accept: 'json' },
      max_tokens: 100,
      claim: { id: 'i', token: 7 },
    });
  });

  it('recognizes a secret by its shape when nobody named it', async () => {
    const { logger, last } = await loggerTo({ secrets: [] });
    logger.warn(`Bot ${TOKEN} and ${TOKEN} and sk-abcdefghijklmnopqrstuvwx`, {
      note: 'Bearer abcdefghijklmnopqrstuvwx',
    });
    expect(last()['msg']).toBe('Bot [redacted] and [redacted] and [redacted]');
    expect(last()['note']).toBe('Bearer [redacted]');
  });

  it('takes tokens out of the URLs of discord.js errors', async () => {
    const { logger, written, last } = await loggerTo();
    const url = 'https://discord.com/api/v10/interactions/100000000000000001/aW50ZXJhY3Rpb24/callback';
    const raw = { code: 10_062, message: 'Unknown interaction' };
    logger.error(new DiscordAPIError(raw, 10_062, 404, 'POST', url, { files: undefined, body: {} }));
    expect(last()).toMatchObject({ err: { status: 404, code: 10_062, type: 'DiscordAPIError[10062]' } });
    expect(written[0]).toContain('/interactions/100000000000000001/[redacted]/callback');
    logger.error('PATCH /webhooks/100000000000000001/aW50ZXJhY3Rpb24/messages/@original failed');
    expect(last()['msg']).toBe('PATCH /webhooks/100000000000000001/[redacted]/messages/@original failed');
  });

  it('leaves ordinary words alone, even where a secret is empty or tiny', async () => {
    const { logger, last } = await loggerTo({ secrets: ['', 'x'] });
    logger.info('Bot started, next example: Basic authentication', { accession: '0001234567-24-000123' });
    expect(last()).toMatchObject({
      msg: 'Bot started, next example: Basic authentication',
      accession: '0001234567-24-000123',
    });
  });
});

describe('the format pretty', () => {
  afterEach(() => vi.doUnmock('pino-pretty'));

  it('is readable for people, and redacted all the same', async () => {
    const { logger, written } = await loggerTo({ format: 'pretty' });
    logger.info('seen_store_initialized', { path: 'data/x.sqlite', note: TOKEN });
    expect(written.join('')).toMatch(/INFO.*seen_store_initialized/);
    expect(written.join('')).toContain('path: "data/x.sqlite"');
    expect(written.join('')).not.toContain(TOKEN);
  });

  it('warns and writes JSON where pino-pretty is missing', async () => {
    vi.doMock('pino-pretty', () => {
      throw new Error("Cannot find package 'pino-pretty'");
    });
    const { logger, lines } = await loggerTo({ format: 'pretty' });
    logger.info('next');
    expect(lines()).toMatchObject([
      { level: 40, msg: 'log_format_unavailable', hint: expect.stringContaining('npm install pino-pretty') },
      { msg: 'next' },
    ]);
  });
});

describe('the end of the process', () => {
  it.each([
    ['json', 'process.exit(3)'],
    ['pretty', 'process.exit(3)'],
    ['json', "process.kill(process.pid, 'SIGKILL')"],
  ])('loses no %s line to %s', async (format, end) => {
    const module = fileURLToPath(new URL('../../src/bot/logger.ts', import.meta.url));
    const program = `
      const { createLogger } = await import(${JSON.stringify(module)});
      const logger = await createLogger({ level: 'info', format: ${JSON.stringify(format)}, secrets: [] });
      for (let i = 0; i < 2000; i++) logger.info('line_' + i + '_end', { pad: 'x'.repeat(100) });
      ${end};`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const output = await text(child.stdout);
    expect(output.match(/line_\d+_end/g)).toHaveLength(2000);
  });
});
