import { DiscordAPIError, HTTPError, Routes, type REST, type RESTGetAPIGatewayBotResult } from 'discord.js';
import type { Clock, SeenLogger } from 'sapphire-plugin-seen/store';

import { endsWithin } from './ends-within.ts';
import { isTokenRefusal } from './unauthorized.ts';

const FIRST_PAUSE_MS = 2_000;
const MAX_PAUSE_MS = 120_000;

/** Time in which the gateway has to take a connection, in milliseconds. */
const HANDSHAKE_MS = 15_000;

const hints = {
  outage: 'Discord fails, or a proxy before it: see https://discordstatus.com. The bot tries again by itself.',
  refused:
    'A proxy, a firewall or Cloudflare refuses this machine. A ban ends by itself; otherwise let it through to discord.com.',
  unreachable:
    'Discord cannot be reached: look at the network, the DNS and the proxy of this machine. The bot tries again.',
  intercepted:
    'Something between this machine and Discord answers in its place, such as the login page of a network. Let the bot ' +
    'through to discord.com.',
  noSession:
    'The bot, or another program with its token, has started too often today. Find out what restarts it; the bot tries ' +
    'again by itself.',
  noGateway:
    'Discord’s API answers, but its gateway does not: let this machine through to gateway.discord.gg (WebSocket, port ' +
    '443), or see https://discordstatus.com.',
} as const;

export interface FirstConnectionOptions {
  readonly clock: Clock;
  readonly logger: SeenLogger;
  /** Ends the waiting: the request then fails. */
  readonly signal: AbortSignal;
}

/**
 * Makes a login wait until Discord can be reached, instead of failing: a login begins by asking for the gateway's
 * address, and this goes on asking, with growing pauses, until there is an answer, and the gateway takes connections.
 *
 * Not the login itself is repeated: discord.js destroys a client whose login fails, and a Sapphire client that logs in
 * again registers no commands.
 *
 * @returns Ends that: from then on, a request for the gateway fails like every other.
 */
export function keepAskingForGateway(rest: REST, options: FirstConnectionOptions): () => void {
  const get = rest.get.bind(rest);
  rest.get = (route, request) =>
    route === Routes.gatewayBot()
      ? untilReached(() => askForGateway(get, options.clock), options)
      : get(route, request);
  return () => {
    rest.get = get;
  };
}

/** An answer about the gateway with which the bot cannot connect. */
class GatewayError extends Error {
  override readonly name = 'GatewayError';
  /** Advice to an operator. */
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

async function untilReached<Answer>(
  ask: () => Promise<Answer>,
  { clock, logger, signal }: FirstConnectionOptions,
): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (signal.aborted || isTokenRefusal(error)) throw error;
      const pauseMs = pauseAfter(attempt);
      const about = { attempt, status: statusOf(error), hint: hintFor(error) };
      logger.warn('bot_login_failed', { ...about, retry_in_seconds: Math.ceil(pauseMs / 1000), error });
      await clock.sleep(pauseMs, signal);
    }
  }
}

/** Shortened by up to a fifth at random: the bots of one machine must not come back all at once. */
function pauseAfter(attempt: number): number {
  const full = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(attempt - 1, 20), MAX_PAUSE_MS);
  return full * (1 - Math.random() / 5);
}

async function askForGateway(get: REST['get'], clock: Clock): Promise<RESTGetAPIGatewayBotResult> {
  const answer = await get(Routes.gatewayBot());
  if (!isGateway(answer))
    throw new GatewayError('The answer is not Discord’s: it names no gateway.', hints.intercepted);
  const { remaining, reset_after: resetMs } = answer.session_start_limit;
  if (remaining < 1) {
    const minutes = Math.ceil(resetMs / 60_000);
    throw new GatewayError(`Discord lets the bot start no session for ${minutes} minutes.`, hints.noSession);
  }
  await tryConnection(answer.url, clock);
  return answer;
}

function isGateway(answer: unknown): answer is RESTGetAPIGatewayBotResult {
  return typeof answer === 'object' && answer !== null && 'url' in answer && 'session_start_limit' in answer;
}

/** Opens a connection and closes it at once, which begins no session. */
async function tryConnection(url: string, clock: Clock): Promise<void> {
  const socket = new WebSocket(url);
  const opened = new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), { once: true });
    socket.addEventListener('error', ({ message }) => reject(unreachable(url, message)), { once: true });
  });
  try {
    if (!(await endsWithin(HANDSHAKE_MS, opened, clock))) throw unreachable(url, 'no answer');
  } finally {
    socket.close();
  }
}

function unreachable(url: string, reason: string): GatewayError {
  return new GatewayError(`The gateway at ${url} takes no connection: ${reason}`, hints.noGateway);
}

function statusOf(error: unknown): number | undefined {
  return error instanceof DiscordAPIError || error instanceof HTTPError ? error.status : undefined;
}

/** The likeliest reason, and what to do. */
function hintFor(error: unknown): string {
  if (error instanceof GatewayError) return error.hint;
  const status = statusOf(error) ?? 0;
  if (error instanceof HTTPError && status >= 500) return hints.outage;
  return status > 0 ? hints.refused : hints.unreachable;
}
