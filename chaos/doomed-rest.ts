import { REST, type RESTOptions } from 'discord.js';

import { SPEED } from './fast-clock.ts';
import type { DoomClock } from './doom.ts';
import { DOOM_HEADER, FROM_HEADER, type ThreadConfig } from './protocol.ts';

type MakeRequest = RESTOptions['makeRequest'];

/** discord.js gives up a request after 15 seconds. It has no clock of ours, so its seconds are shortened here. */
const TIMEOUT_MS = 15_000 / SPEED;

/** discord.js against the local Discord. */
export function openRest({ api, token }: ThreadConfig): REST {
  return new REST({ api, version: '10', timeout: TIMEOUT_MS, offset: 0 }).setToken(token);
}

/**
 * Makes a request a place to die at: before it leaves, on its way, and with its answer. Wrapped around whatever else
 * has been wrapped around requests, so that discord.js also waits `SPEED` times shorter after a 429.
 */
export function doomRequests(rest: REST, doom: DoomClock, config: ThreadConfig, enforcesNonce: boolean): void {
  const makeRequest = rest.options.makeRequest.bind(rest.options);
  rest.options.makeRequest = async (url, init) => {
    const isPost = init.method === 'POST';
    const id = isPost ? nonceIn(init.body) : '';
    if (isPost) doom.reach('intended', id);
    const isLast = isPost && doom.isLastRequest(id);
    const response = await makeRequest(url, prepare(init, config, isLast, enforcesNonce));
    if (isPost && response.ok) doom.reach('answered', id);
    hasten(response);
    return response;
  };
}

function prepare(
  init: Parameters<MakeRequest>[1],
  { thread, incarnation }: ThreadConfig,
  isLast: boolean,
  enforcesNonce: boolean,
): Parameters<MakeRequest>[1] {
  const headers = new Headers(init.headers as Record<string, string>);
  headers.set(FROM_HEADER, incarnation);
  if (isLast) headers.set(DOOM_HEADER, String(thread));
  const body = enforcesNonce || typeof init.body !== 'string' ? init.body : withoutNonce(init.body);
  return { ...init, body: body ?? null, headers: Object.fromEntries(headers) };
}

function withoutNonce(body: string): string {
  return body.replace(',"enforce_nonce":true', '');
}

function nonceIn(body: unknown): string {
  return /"nonce":"([^"]+)"/.exec(String(body))?.[1] ?? '';
}

function hasten({ headers }: Awaited<ReturnType<MakeRequest>>): void {
  const seconds = Number(headers.get('retry-after'));
  if (seconds > 0) headers.set('retry-after', String(seconds / SPEED));
}
