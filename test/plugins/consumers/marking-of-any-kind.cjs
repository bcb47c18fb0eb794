const { threadId } = require('node:worker_threads');

/** Prints which thread it is, marks an id, and prints what is unseen then, or the error. */
exports.mark = async function mark(openSeenStore) {
  console.log(`started in thread ${threadId}`);
  try {
    const store = await openSeenStore();
    await store.markSeen('a');
    console.log(JSON.stringify(await store.filterUnseen(['a', 'b'])));
    await store.close();
  } catch (error) {
    console.log(`${error.code}: ${error.message}`);
  }
};
