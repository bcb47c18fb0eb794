import type { FormErrors } from '../api-error.ts';
import { type JsonObject, objectsIn } from '../json.ts';
import { ACTION_ROW, BUTTON, componentsIn } from './components.ts';

const ROWS_LIMIT = 5;
const BUTTONS_LIMIT = 5;
const LINK_STYLE = 5;
const PREMIUM_STYLE = 6;

export function checkComponents(errors: FormErrors, components: unknown): void {
  const rows = objectsIn(components).filter(({ type }) => type === ACTION_ROW);
  if (rows.length > ROWS_LIMIT)
    errors.add(['components'], 'BASE_TYPE_MAX_LENGTH', `Must be ${ROWS_LIMIT} or fewer in length.`);
  for (const [index, row] of rows.entries()) checkRow(errors, index, row);
  refuseRepeatedIds(errors, componentsIn(components));
}

function checkRow(errors: FormErrors, index: number, row: JsonObject): void {
  const children = objectsIn(row['components']);
  if (children.length < 1 || children.length > BUTTONS_LIMIT)
    errors.add(
      ['components', index, 'components'],
      'BASE_TYPE_BAD_LENGTH',
      `Must be between 1 and ${BUTTONS_LIMIT} in length.`,
    );
  for (const [position, child] of children.entries())
    if (child['type'] === BUTTON) checkButton(errors, ['components', index, 'components', position], child);
}

function checkButton(errors: FormErrors, path: readonly (string | number)[], button: JsonObject): void {
  const { style, custom_id: customId, url, label, emoji } = button;
  const needsUrl = style === LINK_STYLE;
  if (needsUrl && typeof url !== 'string') errors.add([...path, 'url'], 'BASE_TYPE_REQUIRED', 'A url is required');
  if (!needsUrl && style !== PREMIUM_STYLE && (typeof customId !== 'string' || customId === ''))
    errors.add([...path, 'custom_id'], 'COMPONENT_CUSTOM_ID_REQUIRED', 'A custom id is required');
  if (typeof customId === 'string' && customId.length > 100)
    errors.add([...path, 'custom_id'], 'BASE_TYPE_MAX_LENGTH', 'Must be 100 or fewer in length.');
  if (!label && !emoji && style !== PREMIUM_STYLE)
    errors.add([...path, 'label'], 'BUTTON_COMPONENT_INVALID_LABEL', 'A label or an emoji is required');
  if (typeof label === 'string' && label.length > 80)
    errors.add([...path, 'label'], 'BASE_TYPE_MAX_LENGTH', 'Must be 80 or fewer in length.');
}

function refuseRepeatedIds(errors: FormErrors, components: readonly JsonObject[]): void {
  const seen = new Set<unknown>();
  for (const { custom_id: customId } of components) {
    if (customId === undefined || customId === null) continue;
    if (seen.has(customId))
      errors.add(['components'], 'COMPONENT_CUSTOM_ID_DUPLICATED', 'Component custom id cannot be duplicated');
    seen.add(customId);
  }
}
