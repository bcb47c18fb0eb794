import { REST, type RESTOptions } from 'discord.js';

import type { Clock } from '../../src/store/index.ts';
import type { DesignTraits } from '../designs.ts';
import type { CrashPoints } from './crash-points.ts';
import { SPEED } from './fast-clock.ts';
import { CRASH_HEADER, FROM_HEADER, type ClientConfig } from './protocol.ts';

type MakeRequest = RESTOptions['makeRequest'];

/** The 15 seconds after which discord.js gives up a request, on the fast clock, which it does not know. */
const TIMEOUT_MS = 15_000 / SPEED;

/** Connects discord.js to the local Discord. */
export function openRest({ api, token }: ClientConfig): REST {
  return new REST({ api, version: '10', timeout: TIMEOUT_MS, offset: 0 }).setToken(token);
}

/**
 * Adds crash points to the requests that create messages: before a request leaves, on its way, and when its answer
 * arrives. Also shortens the waits of discord.js after a 429 to the fast clock, so call it after everything else that
 * wraps `makeRequest`.
 */
export function addCrashPoints(
  rest: REST,
  crashPoints: CrashPoints,
  config: ClientConfig,
  { enforcesNonce, knowsDiscordTime }: DesignTraits,
  clock: Clock,
): void {
  const makeRequest = rest.options.makeRequest.bind(rest.options);
  rest.options.makeRequest = async (url, init) => {
    const isPost = init.method === 'POST';
    const id = isPost ? nonceIn(init.body) : '';
    if (isPost) crashPoints.reach('intended', id);
    const isLast = isPost && crashPoints.isLastRequest(id);
    const response = await makeRequest(url, prepare(init, config, isLast, enforcesNonce));
    if (isPost && response.ok) crashPoints.reach('answered', id);
    shortenRetryAfter(response);
    if (!knowsDiscordTime) response.headers.set('date', new Date(clock.now()).toUTCString());
    return response;
  };
}

function prepare(
  init: Parameters<MakeRequest>[1],
  { thread, incarnation }: ClientConfig,
  isLast: boolean,
  enforcesNonce: boolean,
): Parameters<MakeRequest>[1] {
  const headers = new Headers(init.headers as Record<string, string>);
  headers.set(FROM_HEADER, incarnation);
  if (isLast) headers.set(CRASH_HEADER, String(thread));
  const body = enforcesNonce || typeof init.body !== 'string' ? init.body : withoutNonce(init.body);
  return { ...init, body: body ?? null, headers: Object.fromEntries(headers) };
}

function withoutNonce(body: string): string {
  return body.replace(',"enforce_nonce":true', '');
}

function nonceIn(body: unknown): string {
  return /"nonce":"([^"]+)"/.exec(String(body))?.[1] ?? '';
}

function shortenRetryAfter({ headers }: Awaited<ReturnType<MakeRequest>>): void {
  const seconds = Number(headers.get('retry-after'));
  if (seconds > 0) headers.set('retry-after', String(seconds / SPEED));
}
