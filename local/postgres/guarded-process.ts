import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';

import { asServerUser } from './server-user.ts';

/**
 * Starts the server behind it and prints its process id. Standard input stays open for as long as this process lives:
 * at its end, however it came, the server is ended, and the folder named first removed.
 */
const GUARD = `
left_behind=$1; log=$2; shift 2
"$@" >>"$log" 2>&1 </dev/null &
server=$!
echo $server
exec >/dev/null 2>&1
is_left=
trap 'is_left=yes; kill -QUIT $server' TERM
{ cat; kill -TERM $$; } <&3 &
guard=$!
exec 3<&-
while kill -0 $server; do wait $server; code=$?; done
kill -KILL $guard
if [ -n "$is_left" ] && [ -n "$left_behind" ]; then rm -rf "$left_behind"; fi
exit $code
`;

export interface GuardedOptions {
  readonly command: readonly string[];
  /** The file that the server's output is added to. */
  readonly log: string;
  /** A folder that goes with this process if it dies while the server runs. Default: none. */
  readonly removed?: string;
}

/** A server in a process of its own, run by somebody else than root, that never outlives this process. */
export class GuardedProcess {
  readonly #guard: ChildProcessByStdio<Writable, Readable, null>;
  readonly #ended: Promise<unknown>;
  readonly #log: string;
  #pid = 0;

  private constructor({ command, log, removed = '' }: GuardedOptions) {
    const args = ['-c', `{ ${GUARD} } 3<&0`, 'guard', removed, log, ...asServerUser, ...command];
    // In a session of its own, so that Ctrl+C in a terminal is for this process to answer.
    this.#guard = spawn('sh', args, { stdio: ['pipe', 'pipe', 'ignore'], detached: true });
    this.#ended = once(this.#guard, 'exit');
    this.#log = log;
  }

  static async start(options: GuardedOptions): Promise<GuardedProcess> {
    const started = new GuardedProcess(options);
    const [pid] = (await once(started.#guard.stdout, 'data')) as [Buffer];
    started.#pid = Number(pid.toString());
    started.#guard.stdout.destroy();
    started.#guard.unref();
    return started;
  }

  get pid(): number {
    return this.#pid;
  }

  get hasEnded(): boolean {
    return this.#guard.exitCode !== null || this.#guard.signalCode !== null;
  }

  /** Sends a signal, and resolves when the server is gone. */
  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.hasEnded) return;
    this.#guard.ref();
    process.kill(this.#pid, signal);
    await this.#ended;
  }

  /** The last lines that the server has written, for an error's message. */
  lastLines(): string {
    return readFileSync(this.#log, 'utf8').trimEnd().split('\n').slice(-10).join('\n');
  }
}
