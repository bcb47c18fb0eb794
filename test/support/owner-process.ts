import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

import type { Claim, SeenStoreOptions } from '../../src/store/index.ts';
import { programFile } from './program-file.ts';
import { requirement } from './requirement.ts';
import { HOUR_MS } from './times.ts';
import type { OwnerAnswer, OwnerCommand } from './programs/owner.ts';

const program = fileURLToPath(programFile('owner.ts'));
/** Runs a command in a process-id namespace of its own, as a container does. */
const container = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'] as const;

/** The right to make namespaces. */
export const containers = requirement(
  spawnSync(container[0], [...container.slice(1), 'true']).status === 0,
  'no right to make namespaces',
);

/** A store that is open in another process. */
export class OwnerProcess {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** @param options.contained Needs `containers`. */
  static async start(options: SeenStoreOptions, { contained = false } = {}): Promise<OwnerProcess> {
    const [command = '', ...args] = [...(contained ? container : []), process.execPath, program];
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const owner = new OwnerProcess(child);
    onTestFinished(() => owner.kill());
    await owner.#tell({ do: 'open', options });
    return owner;
  }

  claim(ids: readonly string[], leaseMs = HOUR_MS): Promise<readonly Claim[]> {
    return this.#tell({ do: 'claim', ids, leaseMs });
  }

  /** Claims the ids in batches of ten, one after the other. */
  claimInBatches(ids: readonly string[], leaseMs = HOUR_MS): Promise<readonly Claim[]> {
    return this.#tell({ do: 'claimInBatches', ids, leaseMs });
  }

  async commit(claims: readonly Claim[]): Promise<void> {
    await this.#tell({ do: 'commit', claims });
  }

  async mark(ids: readonly string[]): Promise<void> {
    await this.#tell({ do: 'mark', ids });
  }

  /** Becomes the leader under a name, or fails. */
  async lead(name: string, leaseMs = HOUR_MS): Promise<void> {
    await this.#tell({ do: 'campaign', name, leaseMs });
  }

  /** Copies a file as Node does, which closes it: the process loses all its locks on that file. */
  async copy(from: string, to: string): Promise<void> {
    await this.#tell({ do: 'copy', from, to });
  }

  async close(): Promise<void> {
    const exited = once(this.#child, 'exit');
    await this.#tell({ do: 'close' });
    await exited;
  }

  /** Suspends the process: it keeps all that it has open. */
  stop(): void {
    this.#child.kill('SIGSTOP');
  }

  resume(): void {
    this.#child.kill('SIGCONT');
  }

  /** Ends the process as a power cut would: nothing is released. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  async #tell(command: OwnerCommand): Promise<readonly Claim[]> {
    const answered = once(this.#child, 'message', { signal: AbortSignal.timeout(45_000) });
    this.#child.send(command);
    const [{ claims, error }] = (await answered) as [OwnerAnswer];
    if (error !== undefined) throw new Error(error);
    return claims;
  }
}
