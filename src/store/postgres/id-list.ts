/**
 * The condition that a column is one of a list. The planner does not see how long the list is: it would read the whole of
 * a table of ten thousand rows rather than look up a hundred ids, and of a larger one once its statistics are old.
 *
 * @param list A parameter, or a query of one column, as an expression.
 */
export function isOneOf(list: `$${number}` | `SELECT ${string}`): string {
  const query = list.startsWith('$') ? `SELECT unnest(${list}::text[])` : list;
  return `= ANY(ARRAY(${query}))`;
}
