// A news bot whose store is in PostgreSQL: at SEEN_DB_URL, or at an option's URL.
import 'sapphire-plugin-seen/register';
import { SapphireClient } from '@sapphire/framework';
import { stopBot } from 'sapphire-plugin-seen';

const client = new SapphireClient({
  intents: ['Guilds', 'GuildMessages'],
  seen: { url: process.env.URL_AS_OPTION },
  rest: { api: process.env.DISCORD_API },
});
process.once('SIGTERM', () => stopBot(client).finally(() => process.exit()));
client.on('seenCycle', ({ feed, posted }) => console.log(`${feed}: posted ${posted}`));
client.on('applicationCommandRegistriesRegistered', () => console.log('commands registered'));

await client.login(process.env.DISCORD_TOKEN);
const response = await fetch(process.env.NEWS_URL);
client.emit('news', { items: await response.json(), complete: true });
