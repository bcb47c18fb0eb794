// Two clients of Sapphire in one process, which share the container and the store.
import 'sapphire-plugin-seen/register';
import { once } from 'node:events';
import { SapphireClient } from '@sapphire/framework';
import { stopBot } from 'sapphire-plugin-seen';

const clients = [await connect(), await connect()];
process.once('SIGTERM', () => Promise.all(clients.map(stopBot)).finally(() => process.exit()));
const response = await fetch(process.env.NEWS_URL);
const items = await response.json();
for (const client of clients) client.emit('news', { items, complete: true });

async function connect() {
  const client = new SapphireClient({
    intents: ['Guilds', 'GuildMessages'],
    seen: { path: 'data/seen_ids.sqlite', ttlDays: 7 },
    rest: { api: process.env.DISCORD_API },
  });
  client.on('seenCycle', ({ feed, posted }) => console.log(`${feed}: posted ${posted}`));
  client.on('applicationCommandRegistriesRegistered', () => console.log('commands registered'));
  const ready = once(client, 'clientReady');
  await client.login(process.env.DISCORD_TOKEN);
  await ready;
  return client;
}
