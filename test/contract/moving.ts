import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

import { notes } from '../support/notes.ts';
import { DocumentSection } from '../support/document-section.ts';
import type { ContractBackend } from './backend.ts';
import { Move } from './moving-world.ts';

function readDocument(): { readonly steps: DocumentSection; readonly back: DocumentSection } {
  const read = (title: string): DocumentSection => DocumentSection.read('docs/scaling.md', title);
  return { steps: read('Moving a running bot'), back: read('Going back') };
}

/** The row of its table that has a test of its own. */
const USED = 'a bot has used the new database already';

const done = { exitCode: 0 };

function refused(reason: RegExp): { readonly exitCode: number; readonly stderr: string } {
  return { exitCode: 1, stderr: expect.stringMatching(reason) as string };
}

function aborted(): AbortSignal {
  return AbortSignal.abort(new Error('Stopped by SIGINT.'));
}

/** The ids of the notes, as the channel has them once each was posted once. */
function idsOf(count: number): string[] {
  return notes(count).map(({ id }) => id);
}

function onlyCommand({ commands: [command, ...others] }: DocumentSection): string {
  if (command === undefined || others.length > 0) throw new Error('Each of these steps has one command.');
  return command;
}

/** The steps of docs/scaling.md, word by word, for every backend to take that a bot may move to. */
export function describeMoving(backend: ContractBackend): void {
  describe(`the steps of docs/scaling.md, to ${backend.name} and back`, () => {
    test('nothing is posted twice and nothing lost, and no bot runs on the wrong database', async () => {
      const move = await Move.start(backend);
      const { steps, back } = readDocument();
      const [copy, stop, rest, start, ...more] = steps.steps;
      const [nothing, stopAgain, startAgain, ...evenMore] = back.steps;
      if (!copy || !stop || !rest || !start || !nothing || !stopAgain || !startAgain)
        throw new Error('steps are missing');
      expect([...more, ...evenMore]).toEqual([]);
      expect(steps.commands.concat(back.commands)).toHaveLength(3);

      copy.requireSentence('While the bot runs, import the file.');
      const bot = await move.startOn('file');
      await bot.deliver(notes(3));
      copy.requireSentence('It may be interrupted, and run again as often as you like.');
      expect(await move.run(onlyCommand(copy), aborted())).toMatchObject(refused(/^Stopped by SIGINT/m));
      expect(await move.run(onlyCommand(copy))).toMatchObject(done);
      move.loseNextAnswer();
      await bot.deliver(notes(4));
      move.failNextPost();
      await bot.deliver(notes(5));
      // Discord's failures pause the channel: what comes next waits, and moves along as well.
      copy.requireSentence('No bot can use the copy yet');
      await expect(move.startOn('target')).rejects.toThrow(steps.when('step 3 is left out').quoted);
      steps.requireSentence('leave out `--database` and set `SEEN_DB_URL`');
      expect(await move.runByVariable(onlyCommand(copy))).toMatchObject(done);

      const notStopped = steps.when('the bot was not stopped in step 2');
      notStopped.requireSentence('Nothing is changed.');
      expect(await move.run(onlyCommand(rest))).toMatchObject(refused(notStopped.quoted));
      await bot.deliver(notes(6));
      stop.requireSentence('Stop the bot');
      await bot.store.close();

      rest.requireSentence('Move the rest. From here on no bot opens the file any more.');
      const failed = steps.when('step 3 fails, or is stopped with Ctrl-C');
      failed.requireSentence('the file is in service again, and the bot may be started on it.');
      expect(await move.run(onlyCommand(rest), aborted())).toMatchObject(refused(/^Stopped by SIGINT/m));
      await (await move.startOn('file')).store.close();
      const killed = steps.when('step 3 is killed, or the machine goes down');
      killed.requireSentence('the file is out of service, and what it was copied to as well. Run step 3 again.');
      await move.kill();
      await expect(move.startOn('file')).rejects.toThrow('out of service');
      await expect(move.startOn('target')).rejects.toThrow('out of service');
      expect(await move.run(onlyCommand(rest))).toMatchObject(done);
      await expect(move.startOn('file')).rejects.toThrow(steps.when('the old bot is started again').quoted);
      steps.requireSentence('The file stays where it is.');
      expect(existsSync(move.file.path)).toBe(true);

      const [name = '', address = ''] = start.code('SEEN_DB_URL=').split('=');
      expect(onlyCommand(copy)).toContain(` --database ${address}`);
      start.requireSentence('`SEEN_DB_PATH` may stay: the URL wins.');
      const moved = await move.startWith({ [name]: address });
      stopAgain.requireSentence('While a bot has the database open, this is refused');
      // A file does not tell whose it is.
      const isOpen = backend.name === 'SQLite' ? /is in use/ : stopAgain.quoted;
      expect(await move.run(onlyCommand(stopAgain))).toMatchObject(refused(isOpen));
      steps.requireSentence('What was listed while it was off is posted after step 4.');
      for (let cycle = 0; cycle < 3; cycle += 1) {
        await move.clock.advance(600_000);
        await moved.deliver(notes(8));
      }
      expect(move.posted.toSorted()).toEqual(idsOf(8));

      nothing.requireSentence('While the bot runs, nothing needs to be done');
      stopAgain.requireSentence('Stop the bot, with all its shards and on all machines.');
      await moved.store.close();
      expect(await move.run(onlyCommand(stopAgain))).toMatchObject(done);
      await expect(move.startOn('target')).rejects.toThrow('was moved to');
      startAgain.requireSentence('Start the bot without `SEEN_DB_URL`.');
      const returned = await move.startWith({});
      await returned.deliver(notes(9));
      await returned.store.close();
      expect(move.posted.toSorted()).toEqual(idsOf(9));
      expect([...steps.unread]).toEqual([USED]);
    });

    test('what a bot has posted since is only forgotten on purpose', async () => {
      const move = await Move.start(backend, { nonceWindowMs: 1 });
      const { steps, back } = readDocument();
      const [copy, , rest] = steps.steps.map(({ commands: [command = ''] }) => command);
      if (copy === undefined || rest === undefined) throw new Error('steps are missing');
      await (await move.startOn('file')).store.close();
      expect(await move.run(rest)).toMatchObject(done);
      const moved = await move.startOn('target');
      await moved.deliver(notes(1));

      const used = steps.when(USED);
      used.requireSentence('both imports are refused');
      used.requireSentence('`--replace` overrides that, once that bot is stopped.');
      expect(await move.run(`${copy} --replace`)).toMatchObject(refused(/is in use/));
      await moved.store.close();
      for (const command of [copy, rest]) {
        expect(await move.run(command)).toMatchObject(refused(/has been used by a bot/));
      }

      back.requireSentence('What the feed still lists of the rest is then posted again.');
      expect(await move.run(back.code('seen migrate'))).toMatchObject(done);
      const old = await move.startOn('file');
      await old.deliver(notes(1));
      await old.store.close();
      expect(move.posted).toEqual([...idsOf(1), ...idsOf(1)]);
      expect(await move.run(`${copy} ${used.code('--')}`)).toMatchObject(done);
    });
  });
}
