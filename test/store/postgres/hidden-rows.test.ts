// A trigger or a rule that an operator has put on a table of the store: the server then tells a wrong count of rows.
import { expect, test } from 'vitest';

import { ownSchema } from '../../support/postgres.ts';
import { openRecorded } from '../../support/recorded-store.ts';

/** Has an insert into the table do something else. */
function insteadOfInsert(schema: string, table: string, statements: string): string {
  return `CREATE FUNCTION ${schema}.hide() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN ${statements} RETURN NULL; END';
    CREATE TRIGGER hide BEFORE INSERT ON ${schema}.${table} FOR EACH ROW EXECUTE FUNCTION ${schema}.hide()`;
}

test('ids that a trigger keeps out are not called marked: the error names one of them, at once', async () => {
  const { store, recorded, schema } = await openRecorded(await ownSchema());
  await schema.query(insteadOfInsert(schema.schema, 'seen', ''));
  const sent = await recorded.during(() =>
    expect(store.markSeen(['a', 'b'])).rejects.toMatchObject({
      operation: 'markSeen',
      message: expect.stringContaining('did not keep the id "a". Remove the trigger'),
    }),
  );
  expect(sent.length).toBeLessThan(6);
});

test('one id of several that a trigger keeps out is named', async () => {
  const { store, schema } = await openRecorded(await ownSchema());
  const { schema: name, query } = schema;
  await query(insteadOfInsert(name, 'seen', "IF NEW.id <> ''b'' THEN RETURN NEW; END IF;"));
  await expect(store.markSeen(['a', 'b', 'c'])).rejects.toThrow('did not keep the id "b". Remove the trigger');
});

test('ids that a trigger keeps in another table of the same rows are marked', async () => {
  const { store, schema } = await openRecorded(await ownSchema());
  const { schema: name, query } = schema;
  await query(`CREATE TABLE ${name}.seen_part () INHERITS (${name}.seen)`);
  await query(insteadOfInsert(name, 'seen', `INSERT INTO ${name}.seen_part VALUES (NEW.*);`));
  await store.markSeen(['a', 'b']);
  expect(await store.filterUnseen(['a', 'b', 'c'])).toEqual(['c']);
});

test('a loss that a trigger does not let the store note ends a claim in an error that says so, at once', async () => {
  const { store, recorded, schema } = await openRecorded(await ownSchema());
  const { schema: name, query } = schema;
  await query(`DELETE FROM ${name}.seen_server`);
  await query(insteadOfInsert(name, 'seen_server', ''));
  const sent = await recorded.during(() =>
    expect(store.claim(['a'])).rejects.toThrow(/seen_server or .* did not keep/),
  );
  expect(sent.length).toBeLessThan(40);
});
