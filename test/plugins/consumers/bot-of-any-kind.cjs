/** Logs in, uses the store of the container that it is given, and prints what came of it. */
exports.runBot = async function runBot({ container, SapphireClient }) {
  const { API, TOKEN, SEEN_DB_PATH } = process.env;
  const client = new SapphireClient({ intents: [], baseUserDirectory: null, rest: { api: API, version: '10' } });
  const registered = new Promise((resolve) => {
    client.once('applicationCommandRegistriesRegistered', resolve);
  });
  await client.login(TOKEN);
  await registered;
  await container.seen.markSeen('a');
  const unseen = await container.seen.filterUnseen(['a', 'b']);
  const { location } = await container.seen.stats();
  await client.destroy();
  await container.seen.close();
  console.log(JSON.stringify({ unseen, isHere: location === SEEN_DB_PATH }));
};
