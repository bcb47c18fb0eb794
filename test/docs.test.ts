import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { SlashCommandBuilder } from 'discord.js';
import { defaultSeenStoreOptions, type SeenPluginOptions } from 'sapphire-plugin-seen';
import { describe, expect, test } from 'vitest';

import { envExample, withVariableTable } from '../scripts/env-docs.ts';
import { envVariables } from '../src/bot/env/variables.ts';
import { buildSeenCommand } from '../src/commands/seen.ts';
import { defaultDeliveryOptions } from '../src/feed/options.ts';

const readme = readFileSync('README.md', 'utf8');
const packageJson = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

/** The rows of the README's table whose header has this first cell, as cells without backticks. */
function table(firstHeader: string): string[][] {
  const lines = readme.split('\n');
  const header = lines.findIndex((line) => line.startsWith(`| ${firstHeader} |`));
  const end = lines.findIndex((line, index) => index > header && !line.startsWith('|'));
  return lines.slice(header + 2, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const code = (text: string): string => `\`${text}\``;

test('`npm run docs` would change nothing', () => {
  expect(readFileSync('.env.example', 'utf8')).toBe(envExample(envVariables));
  expect(readme).toBe(withVariableTable(readme, envVariables));
});

describe('the README', () => {
  test('lists every variable of the bot, with its default', () => {
    const rows = table('variable').map(([name = '', preset = '']) => [name, preset]);
    const expected = envVariables.map(({ name, required, default: preset }) => [
      code(name),
      required ? '**required**' : preset === undefined ? '' : code(preset),
    ]);
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(expected));
  });

  test('lists every subcommand', () => {
    const names = table('command | who').map(([command = '']) => /`\/seen (\w+)/.exec(command)?.[1]);
    expect(names).toEqual(
      buildSeenCommand(new SlashCommandBuilder())
        .toJSON()
        .options?.map(({ name }) => name),
    );
  });

  test('lists every option of the plugin, with the defaults of the store', () => {
    // The compiler keeps this list complete.
    const options: Record<keyof SeenPluginOptions, true> = {
      path: true,
      url: true,
      pool: true,
      schema: true,
      ttlDays: true,
      enabled: true,
      command: true,
      admins: true,
      metrics: true,
      parseId: true,
      busyTimeoutMs: true,
      purgeEveryMs: true,
      logger: true,
      clock: true,
    };
    const rows = table('key of `seen`');
    const names = rows.flatMap(([keys = '']) => keys.replaceAll('`', '').split(', '));
    expect(names.toSorted()).toEqual(Object.keys(options).toSorted());
    const defaults = new Map(rows.map(([key, preset = '']) => [key, preset]));
    for (const name of ['path', 'ttlDays'] as const) {
      expect(defaults.get(code(name))).toMatch(new RegExp(`, else \`${defaultSeenStoreOptions[name]}\`$`));
    }
  });

  test('lists every option of a feed listener, with its default', () => {
    const rows = table('option of a `FeedListener`').map(([name = '', preset = '']) => [name, preset]);
    const { adminChannelId, allowedMentions, enrichmentBudget, pingRoleId, ...presets } = Object.fromEntries(
      rows.map(([name = '', preset]) => [name.replaceAll('`', ''), preset]),
    );
    const expected = Object.entries(defaultDeliveryOptions).map(([name, preset]) => [name, code(inspect(preset))]);
    expect(adminChannelId).toBe('the channel of the posts');
    expect(allowedMentions).toBe("the client's, else `{ parse: [] }`");
    expect([enrichmentBudget, pingRoleId]).toEqual(['none', 'none']);
    expect(presets).toEqual(Object.fromEntries(expected));
  });

  test('names npm scripts that exist', () => {
    const scripts = [...readme.matchAll(/(?<=`|^|&& )npm (?:run )?([\w:-]+)/gm)].map((match) => match[1] ?? '');
    const builtIn = ['ci', 'install', 'init', 'pkg', 'scripts'];
    expect(scripts.filter((name) => !builtIn.includes(name) && packageJson.scripts[name] === undefined)).toEqual([]);
  });
});
