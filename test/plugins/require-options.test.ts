import { SeenConfigError, type SeenPluginOptions } from 'sapphire-plugin-seen';
import { describe, expect, onTestFinished, test } from 'vitest';

import { requirePluginOptions } from '../../src/plugins/require-options.ts';
import { localDiscord } from '../support/local-discord.ts';
import { newSapphireClient } from '../support/sapphire-bot.ts';

function refusalOf(options: unknown): unknown {
  try {
    requirePluginOptions(options as SeenPluginOptions);
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('options of the plugin that have a value of another kind are refused in words', () => {
  test.each<[unknown, string]>([
    ['data/x.sqlite', "seen takes an object of options, but got 'data/x.sqlite'. It has: path, schema, ttlDays,"],
    [true, 'seen takes an object of options, but got true. It has: path,'],
    [['data/x.sqlite'], "seen takes an object of options, but got [ 'data/x.sqlite' ]. It has: path,"],
    [{ enabled: 'false' }, "seen.enabled must be true or false, but is 'false'."],
    [
      { command: null },
      'seen.command must be false, or an object of options, or be left out for the default, but is null.',
    ],
    [{ command: true }, 'seen.command must be false, or an object'],
    [{ command: 'news' }, "left out for the default, but is 'news'."],
    [{ command: [] }, 'seen.command takes an object of options, but got []. It has: name, guildIds, idHints.'],
    [{ admins: null }, 'seen.admins takes an object of options, but got null. It has: guildId,'],
    [{ admins: '123' }, "seen.admins takes an object of options, but got '123'. It has: guildId,"],
    [{ admins: ['123'] }, "seen.admins takes an object of options, but got [ '123' ]. It has: guildId,"],
    [{ admins: { channelId: 123 } }, 'seen.admins.channelId must be a string, but is 123.'],
    [{ admins: { userIds: '123' } }, "seen.admins.userIds must be an array of strings, but is '123'."],
    [{ admins: { roleIds: ['1', 2] } }, 'seen.admins.roleIds[1] must be a string, but is 2.'],
    [{ metrics: null }, 'seen.metrics takes an object of options, but got null. It has: port, host.'],
    [{ metrics: true }, 'seen.metrics takes an object of options, but got true. It has: port, host.'],
    [{ metrics: 9464 }, 'seen.metrics takes an object of options, but got 9464. It has: port, host.'],
    [{ metrics: {} }, 'seen.metrics.port must be a whole number from 0 to 65535, but is undefined.'],
    [{ metrics: { port: '9464' } }, "seen.metrics.port must be a whole number from 0 to 65535, but is '9464'."],
    [{ metrics: { port: 0, host: 1 } }, 'seen.metrics.host must be a string, but is 1.'],
    [{ parseId: 'x' }, "seen.parseId must be a function, but is 'x'."],
    [
      { logger: null },
      'seen.logger must be a logger with the methods debug, info, warn, error, but null has no debug,',
    ],
    [{ logger: { info: () => undefined, warn: () => undefined, error: () => undefined } }, ' has no debug. Leave'],
  ])('%j', (options, message) => {
    const refusal = refusalOf(options);
    expect(refusal).toBeInstanceOf(SeenConfigError);
    expect(String(refusal)).toContain(message);
  });

  test.each<SeenPluginOptions>([
    {},
    {
      enabled: undefined,
      command: undefined,
      admins: undefined,
      metrics: undefined,
      logger: undefined,
      parseId: undefined,
    },
    { enabled: true, command: false, admins: {}, metrics: { port: 0 }, logger: console, parseId: String },
    {
      command: {},
      admins: { guildId: '1', channelId: '', userIds: [], roleIds: ['2'] },
      metrics: { port: 1, host: '::' },
    },
  ])('but not %o', (options) => {
    expect(refusalOf(options)).toBeUndefined();
  });

  test.each([true, 'data/x.sqlite', { metrics: 9464 }, { command: null }, { logger: null }])(
    'by the login, before anything is opened: seen: %j',
    async (seen) => {
      const discord = await localDiscord();
      const client = await newSapphireClient(discord, {}, { seen: seen as SeenPluginOptions });
      onTestFinished(() => client.destroy());
      await expect(client.login(discord.token)).rejects.toThrow(SeenConfigError);
      expect(discord.requests).toEqual([]);
    },
  );
});
