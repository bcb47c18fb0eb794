import { SlashCommandBuilder } from 'discord.js';
import { expect, test } from 'vitest';

import { buildSeenCommand } from '../../src/commands/seen.ts';

test('/seen is for servers only, and Discord shows which of its subcommands are for admins', () => {
  const { contexts, integration_types: types, options = [] } = buildSeenCommand(new SlashCommandBuilder()).toJSON();
  expect([contexts, types]).toEqual([[0], [0]]);
  expect(options.map(({ name, description }) => `${name}: ${description}`)).toEqual([
    'stats: What the store remembers and what it saved',
    'purge: Forget old ids (admins)',
    'why: What became of one item',
    'retry: Try failed items again (admins)',
    'hold: What the flood breaker holds back (admins)',
  ]);
});
