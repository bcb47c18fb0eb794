import { isObject, type JsonObject, objectsIn } from '../json.ts';

export const ACTION_ROW = 1;
export const BUTTON = 2;

/** Lists every component in the tree, containers and their children alike, in reading order. */
export function componentsIn(components: unknown): readonly JsonObject[] {
  return objectsIn(components).flatMap((component) => {
    const { components: children, accessory } = component;
    return [component].concat(componentsIn(children), isObject(accessory) ? accessory : []);
  });
}

/** Numbers the components that came without an id, as Discord does. */
export function numberComponents(components: unknown): JsonObject[] {
  let last = 0;
  const number = (component: JsonObject): JsonObject => {
    last += 1;
    const id = component['id'] ?? last;
    const children = component['components'];
    return Array.isArray(children)
      ? { ...component, id, components: objectsIn(children).map(number) }
      : { ...component, id };
  };
  return objectsIn(components).map(number);
}

export interface Button {
  /** Empty for a link. */
  readonly customId: string;
  readonly label: string;
  readonly disabled: boolean;
  readonly url: string | undefined;
}

/** Lists the buttons under a message, as a person sees them. */
export function buttonsOf({ components }: { readonly components: unknown }): readonly Button[] {
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return componentsIn(components)
    .filter(({ type }) => type === BUTTON)
    .map(({ custom_id: customId, label, disabled, url }) => ({
      customId: text(customId),
      label: text(label),
      disabled: disabled === true,
      url: typeof url === 'string' ? url : undefined,
    }));
}
