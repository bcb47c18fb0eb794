// Bots of every kind, as they run: see `liveTwice`.
import assert from 'node:assert/strict';
import { join } from 'node:path';

import type { ConsumerCase, ConsumerContext } from '../case.ts';
import type { BotProcess } from '../support/bot-process.ts';
import { botPackages, placeBot } from '../support/project.ts';
import { liveTwice, type Bot } from '../support/two-lives.ts';

type Difference = Partial<Pick<Bot, 'args' | 'clients' | 'registering' | 'commands' | 'check' | 'env'>>;

/** A case in which a bot in plain JavaScript lives twice. */
function javascript(name: string, bot: string, difference: Difference = {}): ConsumerCase {
  async function run(context: ConsumerContext): Promise<undefined> {
    await placeBot(bot, botPackages, context);
    await liveTwice({ args: [join(context.folder, 'main.js')], ...context, ...difference });
  }
  return { group: 'runtime', name, isQuick: bot === 'esm' || bot === 'commonjs', run };
}

export const runtimeCases: readonly ConsumerCase[] = [
  javascript('JavaScript in ES modules', 'esm'),
  javascript('JavaScript in CommonJS', 'commonjs'),
  javascript('ShardingManager with processes', 'sharded', { args: ['main.js', 'process'], clients: 2 }),
  javascript('ShardingManager with worker threads', 'sharded', { args: ['main.js', 'worker'], clients: 2 }),
  javascript('a client of discord.js in the same process', 'beside-a-client'),
  javascript('two clients of Sapphire in one process', 'two-sapphire-clients', {
    clients: 2,
    // Sapphire loads its own listeners once in a process.
    registering: 1,
  }),
  javascript('a command `seen` of its own, beside ours with another name', 'own-seen', {
    commands: ['posts', 'seen'],
    env: { SEEN_COMMAND: 'posts' },
  }),
  javascript('a command `seen` of its own, in place of ours: warned of', 'own-seen', {
    check({ lines, complaints }: BotProcess): void {
      assert.match([...lines, ...complaints].join('\n'), /seen_command_hidden/);
    },
  }),
];
