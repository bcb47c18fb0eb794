import { mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { openSeenStore, SeenStoreOpenError } from '../../src/store/index.ts';
import { damagePages, fillDatabase, openStore } from '../support/database-file.ts';
import { ids } from '../support/ids.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('links', () => {
  const besideReal = ['seen.sqlite', 'seen.sqlite-shm', 'seen.sqlite-wal', 'seen.sqlite.lock'];

  /** Two folders, of which one stands for a volume. */
  function volume(): { readonly here: string; readonly there: string } {
    const folder = temporaryFolder();
    const [here, there] = [join(folder, 'here'), join(folder, 'there')];
    for (const each of [here, there]) mkdirSync(each);
    return { here, there };
  }

  /** Paths that all lead to `there/seen.sqlite`, beside which nothing else may be made. */
  const ways: readonly (readonly [string, (folders: ReturnType<typeof volume>) => string])[] = [
    [
      'a link to the file',
      ({ here, there }) => {
        symlinkSync(join(there, 'seen.sqlite'), join(here, 'link.sqlite'));
        return join(here, 'link.sqlite');
      },
    ],
    [
      'a chain of relative links',
      ({ here }) => {
        symlinkSync('../there/seen.sqlite', join(here, 'second.sqlite'));
        symlinkSync('second.sqlite', join(here, 'first.sqlite'));
        return join(here, 'first.sqlite');
      },
    ],
    [
      'a link to the folder',
      ({ here, there }) => {
        symlinkSync(there, join(here, 'data'));
        return join(here, 'data/seen.sqlite');
      },
    ],
    [
      'a step up behind a link',
      ({ here, there }) => {
        mkdirSync(join(there, 'deeper'));
        symlinkSync(join(there, 'deeper'), join(here, 'data'));
        return `${here}/data/../seen.sqlite`;
      },
    ],
  ];

  test.each(ways)('%s leads log, lock and file to one place, and is never replaced', async (_, makeWay) => {
    const folders = volume();
    const path = makeWay(folders);
    const before = readdirSync(folders.here);
    const real = join(folders.there, 'seen.sqlite');
    const logger = new RecordingLogger();
    const store = await openStore(path, logger);
    await store.markSeen('a');
    expect(logger.of('seen_store_initialized')).toMatchObject([{ fields: { path: real } }]);
    expect(await store.stats()).toMatchObject({ location: real });
    expect((await store.stats()).walBytes).toBeGreaterThan(0);
    expect(readdirSync(folders.there)).toEqual(expect.arrayContaining(besideReal));
    rmSync(real);
    await store.markSeen('b');
    expect(await (await openStore(real)).filterUnseen(['a', 'b', 'c'])).toEqual(['c']);
    expect(readdirSync(folders.here)).toEqual(before);
  });

  test('a damaged file is set aside on its own volume, and the link stays a link', async () => {
    const { here, there } = volume();
    const link = join(here, 'link.sqlite');
    await fillDatabase(join(there, 'seen.sqlite'), ids('id', 500));
    symlinkSync('../there/seen.sqlite', link);
    damagePages(join(there, 'seen.sqlite'));
    const logger = new RecordingLogger();
    await (await openStore(link, logger)).markSeen('a');
    expect(logger.of('seen_store_set_aside')).toHaveLength(1);
    expect(readlinkSync(link)).toBe('../there/seen.sqlite');
    expect(readdirSync(here)).toEqual(['link.sqlite']);
    expect(readdirSync(there).filter((name) => name.includes('.damaged-'))).not.toEqual([]);
  });

  test('a link to a file that is yet to be made leads to it', async () => {
    const { here, there } = volume();
    symlinkSync(`${here}/b/../second.sqlite`, join(here, 'first.sqlite'));
    mkdirSync(join(there, 'deeper'));
    symlinkSync('../there/deeper', join(here, 'b'));
    symlinkSync('new.sqlite', join(there, 'second.sqlite'));
    expect(await (await openStore(join(here, 'first.sqlite'))).stats()).toMatchObject({
      location: join(there, 'new.sqlite'),
    });
    expect(readdirSync(here)).toEqual(['b', 'first.sqlite']);
  });

  test.each([
    ['file', 'volume/seen.sqlite', 'link', 'link'],
    ['folder', 'volume/data', 'link', 'link/seen.sqlite'],
    ['folder further up', 'volume', 'link', 'link/new/seen.sqlite'],
  ])('a link to a %s on a volume that is not there is refused, and nothing is made', async (_, target, link, path) => {
    const { here } = volume();
    symlinkSync(target, join(here, link));
    const refused = expect(openSeenStore({ path: join(here, path) })).rejects;
    await refused.toThrow(SeenStoreOpenError);
    await refused.toThrow(/leads to a folder that does not exist, .*Mount its volume/);
    expect(readdirSync(here)).toEqual([link]);
  });

  test('two stores, one by the link and one by the file, exclude each other', async () => {
    const { here, there } = volume();
    symlinkSync(there, join(here, 'data'));
    const [one, other] = [await openStore(join(here, 'data/seen.sqlite')), await openStore(join(there, 'seen.sqlite'))];
    const claims = await Promise.all([one.claim(['a']), other.claim(['a'])]);
    expect(claims.flat()).toHaveLength(1);
  });
});
