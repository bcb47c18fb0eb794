/** Secrets in the paths of Discord's API: whoever has one may post with it. */
const TOKENS = /(\/(?:webhooks|interactions)\/\d+\/)[^/]+/;

/** The address of Discord's API, or of a proxy that stands in for it, up to its version. */
const API = /^https?:\/\/[^/]+(?:\/[^/]+)*?\/v\d+(?=\/)/;

const DISCORD = /^https:\/\/(?:[\w-]+\.)*discord(?:app)?\.com\//;

interface Request {
  readonly method: string;
  readonly url: string;
}

/**
 * The request that an error is about: `GET /channels/123, status 404, code 10003`. The message of an error of discord.js,
 * "Unknown Channel", does not say which. A request to another service keeps its host.
 *
 * @returns Undefined for an error that names no request.
 */
export function requestText(error: Error): string | undefined {
  const { method, url, status, code } = error as Error & Partial<Record<'method' | 'url' | 'status' | 'code', unknown>>;
  if (typeof method !== 'string' || !(typeof url === 'string' || url instanceof URL)) return undefined;
  const request = { method, url: String(url) };
  const parts = [isOfDiscord(error, request) ? routeText(request) : `${method} ${withoutSecrets(request.url)}`];
  if (typeof status === 'number') parts.push(`status ${status}`);
  if (typeof code === 'number' || (typeof code === 'string' && code !== '')) parts.push(`code ${code}`);
  return parts.join(', ');
}

/** The method, and the path below the address of Discord's API, without its query: `GET /channels/123`. */
export function routeText({ method, url }: Request): string {
  return `${method} ${withoutSecrets(url).replace(/\?.*$/s, '').replace(API, '')}`;
}

/** Errors of discord.js keep what was sent. A proxy of Discord's API has a host of its own. */
function isOfDiscord(error: Error, { url }: Request): boolean {
  return 'requestBody' in error || DISCORD.test(url);
}

/** An address without the user, the values of the query, the fragment, and the tokens in paths. */
function withoutSecrets(url: string): string {
  const [address = '', ...query] = url.replace(/#.*$/s, '').split('?');
  const names = query.length === 0 ? '' : `?${query.join('?').split('&').map(withoutValue).join('&')}`;
  return address.replace(/\/\/[^/]*@/, '//').replace(TOKENS, '$1:token') + names;
}

/** A parameter without a name may be a secret as a whole. */
function withoutValue(parameter: string): string {
  const end = parameter.indexOf('=');
  return end === -1 ? '…' : `${parameter.slice(0, end)}=…`;
}
