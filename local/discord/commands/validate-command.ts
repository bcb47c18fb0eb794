import { FormErrors } from '../api-error.ts';
import { isObject, type JsonObject, objectsIn } from '../json.ts';

const OPTIONS_LIMIT = 25;
const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const SLASH_COMMAND = 1;

type Path = readonly (string | number)[];

/** @throws Discord's form error, which names everything that is wrong with the command. */
export function checkCommand(body: unknown): void {
  const errors = new FormErrors();
  if (!isObject(body)) errors.add([], 'MODEL_TYPE_CONVERT', 'Only dictionaries may be used in a ModelType');
  else if ((body['type'] ?? SLASH_COMMAND) === SLASH_COMMAND) checkNamed(errors, [], body);
  errors.throwIfAny();
}

/** Checks the name, the description and the options, which commands and options have alike. */
function checkNamed(errors: FormErrors, path: Path, named: JsonObject): void {
  const { name, description, options } = named;
  if (typeof name !== 'string' || !NAME.test(name) || name !== name.toLowerCase())
    errors.add([...path, 'name'], 'APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid');
  if (typeof description !== 'string' || description.length < 1 || description.length > 100)
    errors.add([...path, 'description'], 'BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 100 in length.');
  checkOptions(errors, [...path, 'options'], objectsIn(options));
}

function checkOptions(errors: FormErrors, path: Path, options: readonly JsonObject[]): void {
  if (options.length > OPTIONS_LIMIT)
    errors.add(path, 'BASE_TYPE_MAX_LENGTH', `Must be ${OPTIONS_LIMIT} or fewer in length.`);
  for (const [index, option] of options.entries()) {
    checkNamed(errors, [...path, index], option);
    const earlier = options.slice(0, index);
    if (earlier.some(({ name }) => name === option['name']))
      errors.add(path, 'APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS', 'Option name already exists');
    if (option['required'] === true && earlier.some(({ required }) => required !== true))
      errors.add(
        [...path, index],
        'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
        'Required options must be placed before non-required options',
      );
  }
}
