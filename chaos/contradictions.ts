import type { BackendName, NemesisName } from './choices.ts';
import type { Design } from './designs.ts';

/** The run that an option belongs to. */
type Run = 'kills' | 'file faults' | 'feed faults';

/** The runs that notice each broken design. */
const noticedBy: Readonly<Record<Exclude<Design, 'ours'>, readonly Run[]>> = {
  'no-nonce': ['kills'],
  'no-order': ['kills'],
  'no-lead': ['kills'],
  'machine-clock': ['kills'],
  'mark-after': ['kills', 'file faults'],
  'mark-first': ['kills', 'file faults'],
  'write-behind': ['file faults'],
  'naive-crawl': ['feed faults'],
};

interface Chosen {
  readonly store: BackendName;
  readonly nemesis: readonly NemesisName[];
  readonly failovers?: number | undefined;
  readonly design: Design;
  readonly fileFaults?: true | undefined;
  readonly feedFaults?: true | undefined;
  readonly summary?: true | undefined;
}

/**
 * Describes why the chosen options have no effect together, if so.
 *
 * @param given The names of the options that were given, and not left at their defaults.
 */
export function contradictionIn(chosen: Chosen, given: readonly string[]): string | undefined {
  if (chosen.summary === true && given.length > 1) return '--summary causes nothing, and takes no other option.';
  if (given.includes('replication') && chosen.failovers === undefined)
    return '--replication is the way to a standby, which only a run with --failovers has.';
  return wrongForDatabase(chosen, given.includes('nemesis')) ?? wrongDesign(chosen);
}

function wrongForDatabase({ store, nemesis, failovers }: Chosen, isNemesisGiven: boolean): string | undefined {
  if (store === 'sqlite' && failovers !== undefined)
    return '--failovers needs --store postgres: a file has no standby.';
  if (!isNemesisGiven) return undefined;
  const [onServer] = store === 'sqlite' ? nemesis.filter((name) => name !== 'clocks') : [];
  if (onServer !== undefined) return `--nemesis ${onServer} needs --store postgres: a file can have clocks alone.`;
  if (failovers !== undefined && nemesis.includes('restart'))
    return '--nemesis restart cannot be used with --failovers: a server that is down cannot be followed.';
  return undefined;
}

function wrongDesign({ design, store, fileFaults, feedFaults }: Chosen): string | undefined {
  if (design === 'ours') return undefined;
  const run = feedFaults === true ? 'feed faults' : fileFaults === true ? 'file faults' : 'kills';
  const runs = noticedBy[design];
  if (!runs.includes(run))
    return `--design ${design} is broken for the ${runs.join(' and the ')}: the ${run} know no such design.`;
  if (design === 'no-lead' && store === 'sqlite')
    return '--design no-lead needs --store postgres: on a file nobody leads.';
  return undefined;
}
