import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { startLocalDiscord } from '../../local/discord/index.ts';
import { generatedFeed, startLocalEdgar } from '../../local/edgar/index.ts';
import { startLocalLlm } from '../../local/llm/server.ts';

/** Starts every local server, and closes it while a request hangs there and a gateway connection is open. */
async function main() {
  await using discord = await startLocalDiscord({ faults: () => ({ kind: 'timeout', applied: false }) });
  await using edgar = await startLocalEdgar({ feed: generatedFeed(), faults: () => 'hang' });
  await using llm = await startLocalLlm({ behaviour: 'hang' });
  const hanging = Promise.allSettled([
    fetch(`${discord.api}/v10/gateway`),
    fetch(`${edgar.baseUrl}/cgi-bin/browse-edgar`),
    fetch(`${llm.url}/chat/completions`, { method: 'POST', body: '{}' }),
  ]);
  await once(new WebSocket(`${discord.api.replace('http', 'ws')}/gateway`), 'message');
  while (discord.requests.length + edgar.requests.length + llm.requests.length < 3) await nextTurn();
  // In an array, or it would be awaited before the servers close.
  return [hanging] as const;
}

const [hanging] = await main();
for (const { status } of await hanging) console.log(status);
