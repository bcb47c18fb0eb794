/** Length of the longest address in code units. No address of a filing is half as long. */
const MAX_LENGTH = 500;

/** Characters that would end a masked link early. Encoding them does not change the address. */
const ENDS_LINK = /[()<>\\]/g;

/** Returns an address as Discord accepts it, or `undefined`: a wrong one would make it refuse the whole message. */
export function webUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return undefined;
  const href = url.href.replaceAll(ENDS_LINK, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  return href.length <= MAX_LENGTH ? href : undefined;
}
