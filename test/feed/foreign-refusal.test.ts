import { REST, Routes } from 'discord.js';
import { expect, test } from 'vitest';

import { guardRequests } from '../../src/feed/discord/rest/request-guard.ts';
import type { Fault, LocalDiscord } from '../../local/discord/index.ts';
import { localDiscord } from '../support/local-discord.ts';

async function guarded(fault: Fault): Promise<{ discord: LocalDiscord; rest: REST }> {
  const discord = await localDiscord({ faults: () => fault });
  const rest = new REST({ api: discord.api, version: '10' }).setToken(discord.token);
  guardRequests(rest);
  return { discord, rest };
}

test.for<[string, number, string | undefined, string]>([
  ['a page', 403, '<!doctype html>\n<title>Attention  Required!</title>', ': “Attention Required!”'],
  ['plain text', 400, 'error code: 1015', ': “error code: 1015”'],
  ['nothing at all', 405, undefined, ''],
  ['a long page', 403, `<p>${'no '.repeat(5_000)}</p>`, `: “${'no '.repeat(26)}no”`],
  ['a page of control characters', 403, '<b>\u0000\u202E</b>', ''],
])('a refusal that is not Discord’s is named by its status and its text: %s', async ([, status, body, shown]) => {
  const { rest } = await guarded({ kind: 'status', status, body });
  const error: unknown = await rest.get(Routes.user()).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ status, code: `HTTP ${status}` });
  expect(String(error)).toBe(
    `DiscordAPIError[HTTP ${status}]: status ${status} from a proxy or from Cloudflare, not from Discord${shown}`,
  );
});

test('a refusal of Discord’s own stays as it is', async () => {
  const { rest } = await guarded({
    kind: 'status',
    status: 403,
    body: { code: 50_013, message: 'Missing Permissions' },
  });
  const error: unknown = await rest.get(Routes.user()).catch((reason: unknown) => reason);
  expect(String(error)).toBe('DiscordAPIError[50013]: Missing Permissions');
});

test('a page with status 401 does not cost the bot its token', async () => {
  const { discord, rest } = await guarded({ kind: 'status', status: 401, body: '<html>Proxy authentication</html>' });
  await expect(rest.get(Routes.user())).rejects.toMatchObject({ status: 502 });
  discord.faults = undefined;
  await expect(rest.get(Routes.user())).resolves.toMatchObject({ bot: true });
});
