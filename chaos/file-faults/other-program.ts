// Another program that looks at the database, as an operator's shell does: the last to close a database deletes its
// log. It prints the error of SQLite that it met, if any: what a stranger meets while the store restores its files is
// no fault.
import BetterSqlite3 from 'better-sqlite3';

try {
  const db = new BetterSqlite3(process.argv[2] ?? '', { fileMustExist: true, timeout: 5_000 });
  try {
    db.prepare('SELECT count(*) FROM seen').get();
  } finally {
    db.close();
  }
} catch (error) {
  if (!(error instanceof BetterSqlite3.SqliteError)) throw error;
  console.log(`${error.code}: ${error.message}`);
}
