import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Files that summaries and runs write: with others of these it is no other program. */
const WRITTEN = [':!README.md', ':!chaos/results'];

/**
 * Returns the version of the sources and, in a clone, their commit, with a plus sign if they were changed since: also
 * by a new file under `src` or `chaos`. Ask before the sources are bundled or loaded: a later commit did not run.
 *
 * @param project The folder of the sources. Default: this project.
 */
export function sourceVersion(project = fileURLToPath(new URL('..', import.meta.url))): string {
  const { version } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as { readonly version: string };
  const git = (...args: readonly string[]): string | undefined => {
    const { status, stdout } = spawnSync('git', args, { cwd: project, encoding: 'utf8' });
    return status === 0 ? stdout.trim() : undefined;
  };
  const commit = git('rev-parse', '--short', 'HEAD');
  if (commit === undefined) return version;
  const changed = git('status', '--porcelain', '--untracked-files=no', '--', '.', ...WRITTEN);
  const added = git('ls-files', '--others', '--exclude-standard', '--', 'src', 'chaos', ...WRITTEN);
  return `${version} (${commit}${changed === '' && added === '' ? '' : '+'})`;
}
