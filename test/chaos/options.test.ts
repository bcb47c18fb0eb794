import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

import { parseOptions } from '../../chaos/options.ts';

const program = fileURLToPath(new URL('../../chaos/main.ts', import.meta.url));

test('without options, forty kills by a new seed', () => {
  const options = parseOptions([]);
  expect(options).toMatchObject({ kills: 40, processes: 3, threads: 2, items: 100, design: 'ours', json: false });
  expect(options === 'help' ? 0 : options.seed).toBeGreaterThan(0);
});

test.each([
  [['--kills', '0'], '--kills must be a whole number from 1 to 100000, but is "0".'],
  [['--seed', 'x'], '--seed must be a whole number from 1 to 999999999, but is "x".'],
  [['--processes', '65'], '--processes must be a whole number from 1 to 64, but is "65".'],
  [['--design', 'best'], '--design must be one of ours, no-nonce, mark-after, mark-first, but is "best".'],
])('%j is refused', (args, message) => {
  expect(() => parseOptions(args)).toThrow(message);
});

test('a wrong option ends with 2 and the usage, --help with 0', () => {
  const wrong = spawnSync(process.execPath, [program, '--kill', '3'], { encoding: 'utf8' });
  expect(wrong).toMatchObject({ status: 2, stdout: '' });
  expect(wrong.stderr).toContain("Unknown option '--kill'");
  expect(wrong.stderr).toContain('Usage: npm run chaos');
  expect(spawnSync(process.execPath, [program, '--help'], { encoding: 'utf8' })).toMatchObject({
    status: 0,
    stderr: '',
  });
});
