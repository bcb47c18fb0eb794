/** Finds the accession number in what somebody typed: the number, an Atom id, or a link. Else returns the text. */
export function parseFilingId(text: string): string {
  const dashed = /\d{10}-\d{2}-\d{6}/.exec(text);
  if (dashed !== null) return dashed[0];
  const [, filer, year, number] = /(?<!\d)(\d{10})(\d{2})(\d{6})(?!\d)/.exec(text) ?? [];
  return filer === undefined ? text.trim() : `${filer}-${year}-${number}`;
}
