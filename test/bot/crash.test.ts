import { execFile } from 'node:child_process';
import { expect, test } from 'vitest';

const module = (path: string): string => JSON.stringify(new URL(`../../src/bot/${path}`, import.meta.url).href);

/** Runs a program that logs as the bot does, and ends as it does when nobody catches an error. */
function crash(how: string): Promise<{ readonly code: unknown; readonly lines: readonly string[] }> {
  const program = `
    import { endOnCrash } from ${module('crash.ts')};
    import { createLogger } from ${module('logger.ts')};
    endOnCrash(await createLogger({ level: 'info', format: 'json', secrets: ['a-secret'] }));
    setInterval(() => {}, 1_000);
    setTimeout(() => { ${how}(new Error('It broke: a-secret')); });`;
  return new Promise((resolve) => {
    execFile(process.execPath, ['--input-type=module', '--eval', program], { timeout: 30_000 }, (error, stdout) => {
      resolve({ code: error?.code, lines: stdout.trim().split('\n') });
    });
  });
}

test.each([
  ['uncaughtException', 'throw '],
  ['unhandledRejection', 'Promise.reject'],
])('an %s ends the process after one line, without its secrets', async (reason, how) => {
  const { code, lines } = await crash(how);
  expect(code).toBe(1);
  expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([{ msg: 'bot_crashed', level: 60, reason }]);
  expect(lines[0]).toContain('It broke: [redacted]');
});
