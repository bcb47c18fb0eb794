import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A place in code, with the function as the engine names it: `NewsListener.message`. */
interface Frame {
  readonly name: string;
  readonly file: string;
  readonly position: string;
}

/** The folder of this package's code; undefined in a bundle, where nothing tells its code from the bot's. */
const ownFolder = /^(.*[\\/])log[\\/]thrown-at\.[cm]?[jt]s$/.exec(framesOf(new Error('here'))[0]?.file ?? '')?.[1];

/**
 * The place at which the bot's own code threw an error, or called what did: `NewsListener.message (listeners/news.js:12:20)`.
 *
 * @returns Undefined when no code of the bot is in the error's stack, or when this package made the error: its message
 *   says all then, and its caller has done no wrong.
 */
export function thrownAt(error: Error): string | undefined {
  const frames = framesOf(error).filter(({ file }) => !isForeign(file));
  const callees = untilOwn(frames);
  const [first] = callees;
  if (first === undefined) return undefined;
  // A callback has no name of its own.
  const name = callees.find((frame) => frame.name !== '')?.name ?? '';
  const place = `${shortened(first.file)}:${first.position}`;
  return name === '' ? place : `${name} (${place})`;
}

/** Behind this package's own code is that which started the feed. */
function untilOwn(frames: readonly Frame[]): readonly Frame[] {
  const own = frames.findIndex(({ file }) => isOwn(file));
  return own === -1 ? frames : frames.slice(0, own);
}

/** The frames that lie in a file. */
function framesOf({ message, stack }: Error): Frame[] {
  if (typeof stack !== 'string') return [];
  return stack
    .slice(endOfMessage(stack, message))
    .split('\n')
    .flatMap((line) => frameOf(line) ?? []);
}

/** A message of several lines may look like frames. One that was changed since is not in the stack's first line. */
function endOfMessage(stack: string, message: string): number {
  const start = stack.indexOf(message);
  return start === -1 || stack.slice(0, start).includes('\n') ? 0 : start + message.length;
}

function frameOf(line: string): Frame | undefined {
  const text = /^\s+at (?:async )?(?:new )?(.+)$/.exec(line)?.[1];
  if (text === undefined) return undefined;
  const [, name = '', inner] = /^(\S.*?) \((.+)\)$/.exec(text) ?? [];
  const [, file = '', position = ''] = /^(.+?):(\d+:\d+)$/.exec(inner ?? text) ?? [];
  return file === '' || file.includes('<anonymous>') ? undefined : { name, file: pathOf(file), position };
}

function pathOf(file: string): string {
  try {
    return file.startsWith('file:') ? fileURLToPath(file) : file;
  } catch {
    // A URL of another system's path names the file just as well.
    return file;
  }
}

/** Code of Node and of packages. */
function isForeign(file: string): boolean {
  return file.startsWith('node:') || (/[\\/]node_modules[\\/]/.test(file) && !isOwn(file));
}

function isOwn(file: string): boolean {
  return ownFolder !== undefined && file.startsWith(ownFolder);
}

function shortened(file: string): string {
  const path = relative(process.cwd(), file);
  return path === '' || path.startsWith('..') ? file : path;
}
