// Imports every entry in ES modules, logs a bot in, and prints how that went.
import 'sapphire-plugin-seen';
import 'sapphire-plugin-seen/edgar';
import 'sapphire-plugin-seen/register';
import 'sapphire-plugin-seen/store';
import { SapphireClient } from '@sapphire/framework';

const client = new SapphireClient({ intents: [], seen: { path: 'data/seen_ids.sqlite' } });
client.login('MTA.token.value').catch((error) => console.log(`${error.code}: ${error.message}`));
