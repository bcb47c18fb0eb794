// A news bot in TypeScript, for compilers to ES modules and to CommonJS, which has no `await` at the top.
import 'sapphire-plugin-seen/register';
import { SapphireClient } from '@sapphire/framework';
import { stopBot } from 'sapphire-plugin-seen';

const client = new SapphireClient({
  intents: ['Guilds', 'GuildMessages'],
  seen: { path: 'data/seen_ids.sqlite', ttlDays: 7 },
  rest: { api: process.env['DISCORD_API']! },
});
process.once('SIGTERM', () => void stopBot(client).finally(() => process.exit()));
client.on('seenCycle', ({ feed, posted }) => console.log(`${feed}: posted ${posted}`));
client.on('applicationCommandRegistriesRegistered', () => console.log('commands registered'));

async function main(): Promise<void> {
  await client.login(process.env['DISCORD_TOKEN']);
  const response = await fetch(process.env['NEWS_URL']!);
  client.emit('news', { items: await response.json(), complete: true });
}

void main();
