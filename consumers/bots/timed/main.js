// A bot that ends once it has loaded its modules, or once it is ready: `node main.js [seen] [start]`.
import { SapphireClient } from '@sapphire/framework';
import { once } from 'node:events';

if (process.argv.includes('seen')) await import('sapphire-plugin-seen/register');
if (process.argv.includes('start')) {
  const client = new SapphireClient({ intents: ['Guilds', 'GuildMessages'], rest: { api: process.env.DISCORD_API } });
  const ready = once(client, 'clientReady');
  await client.login(process.env.DISCORD_TOKEN);
  await ready;
}
const { user, system } = process.cpuUsage();
console.log(`processor time: ${user + system} µs`);
process.exit();
