/** The nemeses that can be chosen. */
export const nemesisNames = ['backends', 'restart', 'proxy', 'clocks', 'pauses'] as const;

export type NemesisName = (typeof nemesisNames)[number];

/** Those of a run that names none. Pauses are long, and hardly anything is killed meanwhile. */
export const defaultNemeses: readonly NemesisName[] = nemesisNames.filter((name) => name !== 'pauses');

/** The databases that deliveries can share. */
export const backends = ['sqlite', 'postgres'] as const;

export type BackendName = (typeof backends)[number];

/** The way in which commits reach the standby: `sync` before they are confirmed, `async` soon after. */
export const replications = ['sync', 'async'] as const;

export type Replication = (typeof replications)[number];

interface Chosen {
  readonly store: BackendName;
  readonly nemesis: readonly NemesisName[];
  readonly failovers?: number | undefined;
}

/**
 * The chosen nemeses that a run's database can have. One that fails over is restarted by nobody else: a server that is
 * down cannot be followed.
 */
export function nemesesOn({ store, nemesis, failovers }: Chosen): readonly NemesisName[] {
  if (store === 'sqlite') return nemesis.filter((name) => name === 'clocks');
  return failovers === undefined ? nemesis : nemesis.filter((name) => name !== 'restart');
}
