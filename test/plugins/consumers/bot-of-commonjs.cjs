// A Sapphire bot in CommonJS that uses the built package by its name. See package.test.ts.
const { container, SapphireClient } = require('@sapphire/framework');
require('sapphire-plugin-seen/register');
const { runBot } = require('./bot-of-any-kind.cjs');

runBot({ container, SapphireClient }).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
