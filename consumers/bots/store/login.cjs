// Imports every entry in CommonJS, logs a bot in, and prints how that went.
require('sapphire-plugin-seen');
require('sapphire-plugin-seen/edgar');
require('sapphire-plugin-seen/register');
require('sapphire-plugin-seen/store');
const { SapphireClient } = require('@sapphire/framework');

const client = new SapphireClient({ intents: [], seen: { path: 'data/seen_ids.sqlite' } });
client.login('MTA.token.value').catch((error) => console.log(`${error.code}: ${error.message}`));
