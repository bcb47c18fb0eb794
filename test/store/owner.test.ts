import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { describe, expect, onTestFinished, test, vi } from 'vitest';

import { isDead, newOwner } from '../../src/store/owner.ts';
import { linux } from '../support/requirement.ts';

vi.mock('node:fs', { spy: true });

const [machine = '', , ownStart = ''] = newOwner().split('|');
/** Above the highest process id that Linux gives. */
const NEVER_A_PID = 4_194_305;

function ownerOf(pid: number | string, start: string, onMachine = machine): string {
  return [onMachine, pid, start, 'a store'].join('|');
}

/** Start time as the kernel tells it. The name of the processes used here holds no space. */
function startOf(pid: number): string {
  return fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[21] ?? '';
}

function sleeper(): ChildProcess & { pid: number } {
  const child = spawn('sleep', ['600']);
  onTestFinished(() => void child.kill('SIGKILL'));
  if (child.pid === undefined) throw new Error('sleep did not start');
  return Object.assign(child, { pid: child.pid });
}

/** A process whose parent does not wait for it. */
async function zombie(): Promise<number> {
  const parent = spawn('sh', ['-c', 'sleep 600 & echo $!; exec sleep 600'], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void parent.kill('SIGKILL'));
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(String(line).trim());
  // A shell would wait for its child; what it turns into does not.
  await expect.poll(() => fs.readFileSync(`/proc/${parent.pid}/comm`, 'utf8'), { timeout: 10_000 }).toBe('sleep\n');
  process.kill(pid, 'SIGKILL');
  return pid;
}

describe.skipIf(linux.missing)(`owners${linux.note}`, () => {
  test('each store has an owner of its own, which lives', () => {
    const owners = [newOwner(), newOwner()];
    expect(new Set(owners).size).toBe(2);
    expect(owners.map(isDead)).toEqual([false, false]);
  });

  test('a process lives until it is killed', async () => {
    const child = sleeper();
    const owner = ownerOf(child.pid, startOf(child.pid));
    expect(isDead(owner)).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isDead(owner)).toBe(true);
  });

  test('a killed process that its parent has not waited for is dead', async () => {
    const pid = await zombie();
    await expect.poll(() => isDead(ownerOf(pid, startOf(pid))), { timeout: 10_000 }).toBe(true);
  });

  test('a process id that another process has now is no sign of life of the owner', () => {
    expect(isDead(ownerOf(process.pid, String(Number(ownStart) - 1)))).toBe(true);
  });

  test('a process id whose start nobody wrote down is never treated as another process', () => {
    expect(isDead(ownerOf(process.pid, ''))).toBe(false);
  });

  test.each([
    ['another machine', machine.replace(/^[^/]*/, 'elsewhere')],
    ['this machine before it was started again', machine.replace(/\/[^/]*\//, '/another boot/')],
    ['another container', machine.replace(/\[\d+\]/, '[1]')],
    ['a machine that does not tell', machine.replace(/\/.*/, '')],
  ])('a process id of %s means nothing', (_, elsewhere) => {
    expect(elsewhere).not.toBe(machine);
    expect(isDead(ownerOf(NEVER_A_PID, '1', elsewhere))).toBe(false);
    expect(isDead(ownerOf(NEVER_A_PID, '1'))).toBe(true);
  });

  test.each(['', '0', '-1', 'x', '1.5', '1e400'])(
    'the process id %j is no reason to think that anybody died',
    (pid) => {
      expect(isDead(ownerOf(pid, '1'))).toBe(false);
    },
  );

  test.each(['', '|', 'x', '|||', machine])('an owner like %j is left alone', (owner) => {
    expect(isDead(owner)).toBe(false);
  });

  test('a process that the system hides is not dead', () => {
    const { pid } = sleeper();
    const owner = ownerOf(pid, startOf(pid));
    const hidden = vi.mocked(fs.readFileSync).mockClear();
    hidden.mockImplementation(() => {
      throw new Error('EACCES');
    });
    onTestFinished(() => void hidden.mockReset());
    expect(isDead(owner)).toBe(false);
    expect(hidden).toHaveBeenCalled();
  });

  test.each([
    ['belongs to another namespace', () => '1'],
    ['is missing', () => ''],
  ])('where /proc %s, nobody is declared dead', async (_, self) => {
    vi.resetModules();
    vi.mocked(fs.readlinkSync).mockImplementation(self);
    onTestFinished(() => void vi.mocked(fs.readlinkSync).mockReset());
    const elsewhere = await import('../../src/store/owner.ts');
    const [name = ''] = elsewhere.newOwner().split('|');
    expect(name).toBe(machine.replace(/\/.*/, ''));
    expect(elsewhere.isDead(ownerOf(NEVER_A_PID, '1', name))).toBe(false);
    expect(elsewhere.isDead(ownerOf(NEVER_A_PID, '1'))).toBe(false);
  });
});
