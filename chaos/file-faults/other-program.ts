// Another program that looks at the database, as an operator's shell does: the last to close a database deletes its log.
import BetterSqlite3 from 'better-sqlite3';

const db = new BetterSqlite3(process.argv[2] ?? '', { fileMustExist: true, timeout: 5_000 });
try {
  db.prepare('SELECT count(*) FROM seen').get();
} finally {
  db.close();
}
