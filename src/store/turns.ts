import { setImmediate } from 'node:timers/promises';

/** Ids, claims or rows that one turn of the event loop works on, at most. */
export const TURN_SIZE = 1_000;

/** Bound when this module loads: the fake timers of a program's tests must not freeze its store. */
const immediate = setImmediate;

/** Lets the event loop run. */
export async function nextTurn(): Promise<void> {
  await immediate();
}

/** The list in parts of what one turn can work on, or of another size. */
export function partsOf<Element>(all: readonly Element[], size = TURN_SIZE): Element[][] {
  const parts: Element[][] = [];
  for (let start = 0; start < all.length; start += size) parts.push(all.slice(start, start + size));
  return parts;
}

/** The ids, each once, in the order of their first mention. */
export async function distinct(ids: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  await visitInTurns([...ids], (id) => void found.add(id));
  return [...found];
}

/** Those of the ids that are not known, each once, in the order of their first mention. */
export async function distinctWithout(ids: readonly string[], known: ReadonlySet<string>): Promise<string[]> {
  const all = await distinct(ids);
  return all.filter((id) => !known.has(id));
}

/** Visits every element, and lets the event loop run after each part. A single part is visited at once. */
export async function visitInTurns<Element>(
  all: readonly Element[],
  visit: (element: Element, index: number) => void,
): Promise<void> {
  for (const [index, element] of all.entries()) {
    if (index > 0 && index % TURN_SIZE === 0) await nextTurn();
    visit(element, index);
  }
}
