/** Known to every copy of the package in this thread: a bot may have loaded it as ES modules and as CommonJS, or twice. */
const COPIES = Symbol.for('sapphire-plugin-seen.registered');

/** Names this copy. */
const here = Symbol('this copy');

/** Notes that the plugin was registered in this copy of the package. */
export function noteRegistration(): void {
  copies().add(here);
}

export function isRegisteredHere(): boolean {
  return copies().has(here);
}

/** True when the plugin was registered in another copy of the package. */
export function isRegisteredElsewhere(): boolean {
  return [...copies()].some((copy) => copy !== here);
}

function copies(): Set<unknown> {
  const known: unknown = Reflect.get(globalThis, COPIES);
  if (known instanceof Set) return known;
  const none = new Set<unknown>();
  Reflect.set(globalThis, COPIES, none);
  return none;
}
