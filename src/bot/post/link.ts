/** No address of a filing is half as long. */
const LONGEST = 500;

/** Characters that would end a masked link early. An address means the same with them encoded. */
const ENDS_LINK = /[()<>\\]/g;

/** The address as Discord accepts it, or `undefined`: a wrong one would make it refuse the whole message. */
export function webUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return undefined;
  const href = url.href.replaceAll(ENDS_LINK, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  return href.length <= LONGEST ? href : undefined;
}
