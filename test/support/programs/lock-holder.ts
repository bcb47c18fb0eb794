// Another process that holds the write lock of the file named on the command line until its standard input ends.
import BetterSqlite3 from 'better-sqlite3';

const db = new BetterSqlite3(process.argv[2] ?? '');
db.exec('BEGIN IMMEDIATE');
console.log('locked');
process.stdin.resume().once('end', () => {
  db.exec('COMMIT');
  db.close();
});
