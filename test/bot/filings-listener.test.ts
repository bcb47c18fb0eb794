import { container, SapphireClient } from '@sapphire/framework';
import { FeedEnrichmentError } from 'sapphire-plugin-seen';
import { expect, onTestFinished, test } from 'vitest';

import type { Enricher } from '../../src/bot/enrich/summary.ts';
import { readEnv } from '../../src/bot/env.ts';
import { FilingsListener } from '../../src/bot/listeners/filings.ts';
import { filing } from '../support/filings.ts';
import { QuietLogger } from '../support/quiet-logger.ts';

const never = new AbortController().signal;
const meter = { add: () => undefined };
const model = { LLM_BASE_URL: 'http://127.0.0.1:9', LLM_MODEL: 'small' };

async function loadListener(variables: Record<string, string>, enrich?: Enricher): Promise<FilingsListener> {
  container.env = readEnv({
    DISCORD_TOKEN: 'token',
    DISCORD_CHANNEL_ID: '100000000000000001',
    EDGAR_USER_AGENT: 'Tests tests@example.com',
    ...variables,
  });
  if (enrich !== undefined) container.enrich = enrich;
  const client = new SapphireClient({
    intents: [],
    baseUserDirectory: null,
    logger: { instance: new QuietLogger() },
  });
  onTestFinished(() => client.destroy());
  await container.stores.loadPiece({ name: 'filings', piece: FilingsListener, store: 'listeners' });
  await container.stores.load();
  return container.stores.get('listeners').get('filings') as FilingsListener;
}

test('a bot without a model summarises each filing itself', async () => {
  const own = { headline: '8-K of ACME CORP', body: 'Filed.', points: [], source: 'filing' } as const;
  const listener = await loadListener({}, async () => own);
  expect(await listener.enrich(filing(), never, meter)).toEqual(own);
  expect(JSON.stringify(listener.message(filing()))).toContain('ACME CORP');
});

test('a summary of the model is the enrichment', async () => {
  const summary = { headline: 'Acme names a CFO', body: 'She starts in May.', points: [], source: 'llm' } as const;
  const listener = await loadListener(model, async () => summary);
  expect(await listener.enrich(filing(), never, meter)).toEqual(summary);
});

test('an answer of the model that cannot be used is no enrichment, and concerns the filing alone', async () => {
  const own = { headline: '8-K of ACME CORP', body: 'Filed.', points: [], source: 'filing' } as const;
  const listener = await loadListener(model, async () => own);
  const failure = await listener.enrich(filing(), never, meter).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(FeedEnrichmentError);
  expect(failure).toMatchObject({ concerns: 'item', message: expect.stringContaining('no usable answer') });
});
