import type { Command } from '../commands/command-registry.ts';
import { isObject, type JsonObject, objectsIn } from '../json.ts';

export type OptionValue = string | number | boolean;

const SUBCOMMAND = 1;
const SUBCOMMAND_GROUP = 2;
/** The types of options whose value is the text, number or boolean itself. The others need `resolved` data. */
const PLAIN_TYPES: Readonly<Record<number, string>> = { 3: 'string', 4: 'number', 5: 'boolean', 10: 'number' };

export interface CommandPath {
  readonly subcommandGroup?: string | undefined;
  readonly subcommand?: string | undefined;
}

interface Values {
  readonly options: Readonly<Record<string, OptionValue>>;
  /** The option that is being typed, when suggestions are asked for. */
  readonly focused?: string | undefined;
}

/**
 * Builds the `options` of an interaction as Discord's client would send them for this registered command.
 *
 * @throws When the client would not let a person send them.
 */
export function interactionOptions(command: Command, path: CommandPath, values: Values): JsonObject[] {
  const steps = [path.subcommandGroup, path.subcommand].filter((step) => step !== undefined);
  return nest(`/${command.name}`, objectsIn(command.options), steps, values);
}

function nest(
  title: string,
  definitions: readonly JsonObject[],
  steps: readonly string[],
  values: Values,
): JsonObject[] {
  const [step, ...rest] = steps;
  if (step === undefined) return leaves(title, definitions, values);
  const definition = definitions.find(({ name }) => name === step);
  if (!definition) throw new Error(`${title} has no subcommand "${step}". It has: ${namesOf(definitions)}.`);
  const options = nest(`${title} ${step}`, objectsIn(definition['options']), rest, values);
  return [{ type: definition['type'], name: step, options }];
}

function leaves(title: string, definitions: readonly JsonObject[], { options, focused }: Values): JsonObject[] {
  if (definitions.some(({ type }) => type === SUBCOMMAND || type === SUBCOMMAND_GROUP))
    throw new Error(`${title} needs a subcommand: ${namesOf(definitions)}.`);
  for (const name of Object.keys(options))
    if (!definitions.some((definition) => definition['name'] === name))
      throw new Error(`${title} has no option "${name}". It has: ${namesOf(definitions)}.`);
  // Suggestions are requested before everything is filled in.
  const missing = definitions.find(({ name, required }) => required === true && !(String(name) in options));
  if (missing && focused === undefined) throw new Error(`${title} requires the option "${String(missing['name'])}".`);
  return definitions.flatMap((definition) => leaf(title, definition, options, focused));
}

function leaf(title: string, definition: JsonObject, options: Values['options'], focused?: string): JsonObject[] {
  const name = String(definition['name']);
  const value = options[name];
  if (value === undefined) return [];
  checkValue(`${title} ${name}`, definition, value);
  return [{ type: definition['type'], name, value, ...(name === focused && { focused: true }) }];
}

function checkValue(title: string, definition: JsonObject, value: OptionValue): void {
  const expected = PLAIN_TYPES[Number(definition['type'])];
  if (expected === undefined)
    throw new Error(`${title}: options of type ${String(definition['type'])} are not supported here.`);
  if (typeof value !== expected) throw new Error(`${title} takes a ${expected}, not ${JSON.stringify(value)}.`);
  const choices = objectsIn(definition['choices']);
  if (choices.length > 0 && !choices.some((choice) => isObject(choice) && choice['value'] === value))
    throw new Error(`${title} takes one of ${choices.map((choice) => JSON.stringify(choice['value'])).join(', ')}.`);
}

function namesOf(definitions: readonly JsonObject[]): string {
  return definitions.map(({ name }) => String(name)).join(', ') || 'none';
}
