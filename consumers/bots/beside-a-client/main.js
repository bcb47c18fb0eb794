// A news bot that shares its process with a client of discord.js.
import 'sapphire-plugin-seen/register';
import { SapphireClient } from '@sapphire/framework';
import { Client } from 'discord.js';
import { stopBot } from 'sapphire-plugin-seen';

const rest = { api: process.env.DISCORD_API };
const intents = ['Guilds', 'GuildMessages'];
const other = new Client({ intents, rest });
await other.login(process.env.DISCORD_TOKEN);

const client = new SapphireClient({ intents, seen: { path: 'data/seen_ids.sqlite', ttlDays: 7 }, rest });
process.once('SIGTERM', () => Promise.all([stopBot(client), other.destroy()]).finally(() => process.exit()));
client.on('seenCycle', ({ feed, posted }) => console.log(`${feed}: posted ${posted}`));
client.on('applicationCommandRegistriesRegistered', () => console.log('commands registered'));

await client.login(process.env.DISCORD_TOKEN);
const response = await fetch(process.env.NEWS_URL);
client.emit('news', { items: await response.json(), complete: true });
