import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Makes the name of the owner of leases: machine, process, and one store in it, as `machine|pid|start|store`.
 *
 * Machine and start time are there so that a dead owner is recognised for certain, and only then: a process id alone
 * means nothing on another machine, in another container, or after the id was given to another process.
 */
export function newOwner(): string {
  return [machineName(), process.pid, startOf(process.pid), randomUUID()].join('|');
}

/** Tells whether the owner's process has certainly ended. In doubt it has not, and its lease runs out. */
export function isDead(owner: string): boolean {
  const [ownerMachine, ownerPid, ownerStart] = owner.split('|');
  if (ownerMachine !== machineName() || !isUnambiguous(ownerMachine)) return false;
  const pid = Number(ownerPid);
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  return !isRunning(pid) || isAnother(pid, ownerStart);
}

/** The machine and the process of an owner. A name of another kind counts as that of a machine. */
export function processOfOwner(owner: string): { readonly host: string; readonly process: string | undefined } {
  const [machine = '', process] = owner.split('|');
  const [host = ''] = machine.split('/');
  return { host, process };
}

/** Describes the process of an owner, for people. */
export function describeOwner(owner: string): string {
  const { host, process } = processOfOwner(owner);
  return process === undefined ? host : `process ${process} on ${host}`;
}

let knownMachine: string | undefined;

/**
 * Names the machine by host, boot and process-id namespace: within one of these, a process id means one process. Where
 * the system does not tell, the host's name is all there is.
 */
function machineName(): string {
  knownMachine ??= nameMachine();
  return knownMachine;
}

/** Names the time since the machine was started, for all containers alike; empty where the system does not tell. */
export function bootName(): string {
  return attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
}

/** A /proc of another process-id namespace would answer for other processes. */
function nameMachine(): string {
  const boot = bootName();
  const namespace = attempt(() => readlinkSync('/proc/self/ns/pid'));
  const isOurs = attempt(() => readlinkSync('/proc/self')) === String(process.pid);
  return boot !== '' && namespace !== '' && isOurs ? [hostname(), boot, namespace].join('/') : hostname();
}

/** Two machines may have the same host name. */
function isUnambiguous(name: string): boolean {
  return name.includes('/');
}

/** A start time that cannot be read, now or by the owner, is no evidence. */
function isAnother(pid: number, ownerStart = ''): boolean {
  const start = startOf(pid);
  return start !== '' && ownerStart !== '' && start !== ownerStart;
}

/** The kernel's start time of a process, in ticks since boot; empty where the system does not tell. */
function startOf(pid: number): string {
  return statOf(pid)[19] ?? '';
}

/** A killed process that its parent has not yet waited for still has a process id, but works no more. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return statOf(pid)[0] !== 'Z';
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

/** The fields of /proc/PID/stat from the state on: the name before it may hold spaces and parentheses. */
function statOf(pid: number): string[] {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** Only Linux has /proc, and it may hide processes; then the lease of a dead process simply runs out. */
function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
