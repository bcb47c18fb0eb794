import { isRecord, type JsonObject, records } from '../json.ts';

/** Every component in the tree, containers and their children alike, in reading order. */
export function componentsIn(components: unknown): readonly JsonObject[] {
  return records(components).flatMap((component) => {
    const { components: children, accessory } = component;
    return [component].concat(componentsIn(children), isRecord(accessory) ? accessory : []);
  });
}

/** Discord numbers the components that came without an id. */
export function numberComponents(components: unknown): JsonObject[] {
  let last = 0;
  const number = (component: JsonObject): JsonObject => {
    last += 1;
    const id = component['id'] ?? last;
    const children = component['components'];
    return Array.isArray(children)
      ? { ...component, id, components: records(children).map(number) }
      : { ...component, id };
  };
  return records(components).map(number);
}
