// A news bot that has a command `seen` of its own, and may give the plugin's another name.
import 'sapphire-plugin-seen/register';
import { SapphireClient } from '@sapphire/framework';
import { stopBot } from 'sapphire-plugin-seen';

const client = new SapphireClient({
  intents: ['Guilds', 'GuildMessages'],
  seen: {
    path: 'data/seen_ids.sqlite',
    ttlDays: 7,
    command: process.env.SEEN_COMMAND ? { name: process.env.SEEN_COMMAND } : undefined,
  },
  rest: { api: process.env.DISCORD_API },
});
process.once('SIGTERM', () => stopBot(client).finally(() => process.exit()));
client.on('seenCycle', ({ feed, posted }) => console.log(`${feed}: posted ${posted}`));
client.on('applicationCommandRegistriesRegistered', () => console.log('commands registered'));

await client.login(process.env.DISCORD_TOKEN);
const response = await fetch(process.env.NEWS_URL);
client.emit('news', { items: await response.json(), complete: true });
