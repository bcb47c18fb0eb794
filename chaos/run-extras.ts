import type { History } from './history.ts';

/** Follows a run. */
export interface RunListener<Progress> {
  /** Called several times a second. */
  onProgress(progress: Progress): void;
  /** Called after the last fault, when what is left to do is done in peace. */
  onHealed(): void;
}

export interface RunExtras<Progress> {
  readonly history: History;
  /** Default: nobody follows. */
  readonly listener?: RunListener<Progress>;
  /** Ends the run early: processes, servers and folder are gone by the time that it throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** The folder with the bundled programs of the clients, for several runs. Default: the run bundles them for itself. */
  readonly programs?: string;
}

/** Pause between two reports of progress, in milliseconds. */
export const PROGRESS_MS = 100;
