import type { Column, TableShape, UniqueIndex } from './shape.ts';

/**
 * Describes what keeps the store from using a table of this shape: each problem is the rest of a sentence that begins
 * with the table.
 */
export function shapeProblems(shape: TableShape): string[] {
  return [
    ...columnProblems(shape),
    ...keyProblems(shape),
    ...shape.uniqueIndexes.filter((index) => isInTheWay(index, shape)).map(describeUniqueIndex),
    ...shape.columns.filter(isUnknownAndRequired).map(describeRequired),
    ...referenceProblems(shape),
    ...shape.dependents.map((table) => `cannot be purged, because the foreign key of the table ${table} refers to it`),
  ];
}

function columnProblems({ columns }: TableShape): string[] {
  const names = columns.map(({ name }) => name);
  if (!names.includes('id') || !names.includes('ts')) {
    return [`has the columns ${names.join(', ')} where id and ts were expected`];
  }
  return columns.flatMap((column) => {
    if (column.name !== 'id' && column.name !== 'ts') return [];
    if (column.isGenerated) return [`computes its column ${column.name} (GENERATED), so that it cannot be written`];
    return column.name === 'id' ? idTypeProblems(column) : timeTypeProblems(column);
  });
}

function idTypeProblems({ type, affinity }: Column): string[] {
  if (affinity === 'TEXT' || affinity === 'NONE') return [];
  if (affinity === 'BLOB ONLY') return [`declares id as ${type} in a STRICT table, which takes no text`];
  return [`declares id as ${type}, which turns the id "007" into the number 7`];
}

function timeTypeProblems({ type, affinity }: Column): string[] {
  if (affinity === 'TEXT') return [`declares ts as ${type}, which turns Unix times into text`];
  return affinity === 'BLOB ONLY' ? [`declares ts as ${type} in a STRICT table, which takes no number`] : [];
}

function keyProblems({ columns, uniqueIndexes }: TableShape): string[] {
  const id = columns.find(({ name }) => name === 'id');
  // An id that is the rowid has the wrong type, which has been said.
  if (id === undefined || id.isRowid || uniqueIndexes.some(isKeyOfIds)) return [];
  const wider = uniqueIndexes.find((index) => index.columns.length > 1 && index.columns.includes('id'));
  if (wider === undefined) return ['has no key (PRIMARY KEY or UNIQUE) of id alone, so that an id may be there twice'];
  return [`has a key of ${wider.columns.map(nameOf).join(' and ')} together, so that an id may be there twice`];
}

function isKeyOfIds({ columns, isPartial }: UniqueIndex): boolean {
  return columns.length === 1 && columns[0] === 'id' && !isPartial;
}

/** An index that compares whole ids keeps nothing apart that the key would not. */
function isInTheWay(index: UniqueIndex, { columns }: TableShape): boolean {
  const comparesIds = index.columns.some((name, place) => name === 'id' && index.collations[place] === 'BINARY');
  return (
    !comparesIds && !index.columns.some((name) => columns.some((other) => other.name === name && isNeverTheSame(other)))
  );
}

/** Nulls are never the same to an index. A default that is calculated may be, which the trial shows. */
function isNeverTheSame(column: Column): boolean {
  return column.isRowid || isAlwaysNull(column) || column.defaultValue?.includes('(') === true;
}

function isAlwaysNull({ name, defaultValue, isGenerated, isRowid, isRequired }: Column): boolean {
  if (name === 'id' || name === 'ts') return false;
  return defaultValue === null && !isGenerated && !isRowid && !isRequired;
}

function describeUniqueIndex({ name, columns, collations }: UniqueIndex): string {
  const keys = columns.map((column, place) => {
    const collation = collations[place] ?? 'BINARY';
    return collation === 'BINARY' ? nameOf(column) : `${nameOf(column)} COLLATE ${collation}`;
  });
  const what = name.startsWith('sqlite_autoindex_') ? 'a key' : `the unique index ${name}`;
  return `has ${what} of ${keys.join(' and ')}, which would keep only one of two different ids`;
}

function nameOf(column: string | null): string {
  return column ?? 'an expression';
}

function isUnknownAndRequired({ name, isRequired }: Column): boolean {
  return isRequired && name !== 'id' && name !== 'ts';
}

function describeRequired({ name }: Column): string {
  return `has the column ${name}, which must be filled (NOT NULL without a default)`;
}

/** A column that stays null refers to nothing. */
function referenceProblems({ references, columns }: TableShape): string[] {
  return references
    .filter(({ column }) => !columns.some((other) => other.name === column && isAlwaysNull(other)))
    .map(({ column, table }) => `has a foreign key of ${column}, which refuses what the table ${table} does not have`);
}
