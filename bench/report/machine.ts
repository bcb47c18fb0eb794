import { execFileSync } from 'node:child_process';
import { cpus, tmpdir, totalmem } from 'node:os';
import BetterSqlite3 from 'better-sqlite3';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  readonly sqlite: string;
  /** Version of Python's SQLite, which the seed design uses; empty without Python. */
  readonly pythonSqlite: string;
  /** File system of the folder with the databases. */
  readonly filesystem: string;
}

export function describeMachine(): Machine {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${process.arch}`,
    node: process.version,
    sqlite: sqliteVersion(),
    pythonSqlite: ask('python3', ['-c', 'import sqlite3; print(sqlite3.sqlite_version)']),
    filesystem: ask('df', ['--output=fstype', tmpdir()]).split('\n').at(-1) || 'unknown file system',
  };
}

function sqliteVersion(): string {
  const db = new BetterSqlite3(':memory:');
  const version = db.prepare<[], string>('SELECT sqlite_version()').pluck().get();
  db.close();
  return version ?? 'unknown';
}

/** Returns the output of a program, or an empty string if it is missing or fails: the bench runs without it. */
function ask(program: string, args: readonly string[]): string {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
}

export function machineLine(machine: Machine): string {
  const { cpu, cores, memoryGiB, node, sqlite, filesystem, system } = machine;
  return `${cpu}, ${cores} cores, ${memoryGiB} GiB · ${system}, ${filesystem} · Node ${node} · SQLite ${sqlite}`;
}
