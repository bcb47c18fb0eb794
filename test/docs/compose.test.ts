import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

import { readEnv } from '../../src/bot/env.ts';
import { generatedFeed } from '../../local/edgar/index.ts';
import { botWorld, posted } from '../support/bot-world.ts';
import { ownSchema } from '../support/postgres.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** For what a bot that is starting does. */
const PATIENCE = { timeout: 30_000 };

interface Service {
  readonly build?: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly stop_grace_period?: string;
}

const text = readFileSync(new URL('../../docker-compose.yml', import.meta.url), 'utf8');
const { services } = parse(text) as { readonly services: Readonly<Record<string, Service>> };
const required = {
  DISCORD_TOKEN: 'a-token',
  DISCORD_CHANNEL_ID: '123456789012345678',
  EDGAR_USER_AGENT: 'Us us@example.com',
};

/** The variables of a service, with the defaults that the file has for what is not set. */
function environmentOf(name: string): Record<string, string> {
  const entries = Object.entries(services[name]?.environment ?? {});
  return Object.fromEntries(entries.map(([key, value]) => [key, value.replaceAll(/\$\{\w+:-(\w*)\}/g, '$1')]));
}

test('the bots of the compose file are alike, and use its database', () => {
  expect(services['bot-2']).toEqual(services['bot-1']);
  const { seen } = readEnv({ ...required, ...environmentOf('bot-1') });
  const { POSTGRES_USER: user, POSTGRES_PASSWORD: password, POSTGRES_DB: database } = environmentOf('db');
  expect(seen).toMatchObject({ url: `postgres://${user}:${password}@db:5432/${database}`, onStoreError: 'hold' });
  expect(Object.keys(services)).toEqual(['db', 'bot-1', 'bot-2']);
});

test('two bots of the compose file post each filing once, and one takes over when the other stops', async () => {
  const feed = generatedFeed({ filings: 8 });
  const { discord, startProcess } = await botWorld(feed);
  const { url, schema } = await ownSchema();
  const variables = { ...environmentOf('bot-1'), SEEN_DB_URL: url, SEEN_DB_SCHEMA: schema };
  const start = (): ReturnType<typeof startProcess> =>
    startProcess({ ...variables, SEEN_DB_PATH: join(temporaryFolder(), 'unused.sqlite') });
  const listed = feed.expected();
  const first = start();
  await first.line('feed_lead_gained');
  const second = start();
  await second.line('feed_lead_elsewhere');
  await expect.poll(() => posted(discord).toSorted(), PATIENCE).toEqual(listed.toSorted());

  expect(await first.stop()).toBe(0);
  await second.line('feed_lead_gained');
  feed.advance();
  const all = [...new Set([...listed, ...feed.expected()])];
  await expect.poll(() => posted(discord).toSorted(), PATIENCE).toEqual(all.toSorted());
  expect(await second.stop()).toBe(0);
});
