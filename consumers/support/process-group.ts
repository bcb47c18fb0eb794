// Processes that are started together with all that they start: shards, npm and its scripts, `sh`. None outlives its
// case, since each leads a group of its own, which is killed as a whole.
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

/** The time in which a process that has ended is to let go of its output, as have those that it started. */
const OUTPUT_ENDS_WITHIN_MS = 3_000;

export type GroupLeader = ChildProcessByStdio<null, Readable, Readable>;

export interface Ending {
  /** The exit code, or the name of the signal. */
  readonly how: string;
  /** True when processes that it had started were still there. They have been killed. */
  readonly leftProcesses: boolean;
}

const leaders = new Set<GroupLeader>();
process.on('exit', () => leaders.forEach(killGroup));

/** Starts a command, which reads no input, so that it can ask nobody anything. */
export function startGroup(
  command: string,
  args: readonly string[],
  { folder, env }: { readonly folder: string; readonly env: NodeJS.ProcessEnv },
): GroupLeader {
  const leader = spawn(command, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  leaders.add(leader);
  return leader;
}

/** Ends the process at once, and all that it has started. */
export function killGroup({ pid }: GroupLeader): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // There is no process left, or, on macOS, only ones that have ended and wait for their parent.
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/**
 * Resolves once the process has ended and its output has been read, with nothing left of its group.
 *
 * @throws {Error} When the command could not be started.
 */
export async function untilEnded(leader: GroupLeader): Promise<Ending> {
  const closed = new Promise<true>((resolve) => leader.once('close', () => resolve(true)));
  try {
    const [code, name] = (await once(leader, 'exit')) as [number | null, string | null];
    const leftProcesses = !(await inTime(closed));
    killGroup(leader);
    // A process that has left the group may hold the output still.
    if (leftProcesses && !(await inTime(closed))) for (const output of [leader.stdout, leader.stderr]) output.destroy();
    return { how: name === null ? `exit code ${code}` : `the signal ${name}`, leftProcesses };
  } finally {
    leaders.delete(leader);
  }
}

async function inTime(closed: Promise<true>): Promise<boolean> {
  const { promise: timeUp, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(() => resolve(false), OUTPUT_ENDS_WITHIN_MS);
  try {
    return await Promise.race([closed, timeUp]);
  } finally {
    clearTimeout(timer);
  }
}
