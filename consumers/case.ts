/** One thing that a stranger does with the packed package, in a project of their own. */
export interface ConsumerCase {
  readonly group: string;
  /** The name in the matrix: what is tried, or what is to hold. */
  readonly name: string;
  /**
   * True for a case that takes seconds and needs nothing from the registry but what npm has cached: those that
   * `--quick` leaves, for a look between two changes. `npm test` tries the packed package on its own, with packages of
   * this repository in place of installed ones: see test/plugins.
   */
  readonly isQuick: boolean;
  /**
   * Does it.
   *
   * @returns A note for the matrix, such as a version.
   * @throws {CaseSkipped} When this machine cannot do it.
   * @throws {Error} When something is wrong. The message says what.
   */
  run(context: ConsumerContext): Promise<string | undefined>;
}

export interface ConsumerContext {
  /** The path of the packed package. */
  readonly tarball: string;
  /** An empty folder outside the repository, of this case alone. */
  readonly folder: string;
  /** Aborts when the run is stopped, or when the case takes too long. */
  readonly signal: AbortSignal;
}

/** The reason why a case cannot be run here. The matrix shows it. */
export class CaseSkipped extends Error {}
