import { AsyncLocalStorage } from 'node:async_hooks';
import type { SapphireClient } from '@sapphire/framework';

import { ClientState, type ClientRun } from '../container/client-state.ts';
import { SeenConfigError } from '../store/errors.ts';

/** The run of the client that a login began, in everything that this login does. */
const runOfLogin = new AsyncLocalStorage<ClientRun>();

/**
 * Notes the login that is under way, for which a stop waits a while, and begins the client's next run with it. A login
 * waits for a stop that is under way.
 *
 * One that takes longer than its stop connects no more: discord.js destroys a client only once, so nothing could
 * disconnect it afterwards.
 */
export function watchLogin(client: SapphireClient): void {
  const state = ClientState.of(client);
  const login = client.login.bind(client);
  const begin = (token?: string): Promise<string> => {
    state.restart();
    return runOfLogin.run(state.run, () => login(token));
  };
  const watched = (token?: string): Promise<string> => {
    const underWay = state.stop === undefined ? begin(token) : state.stop.then(() => begin(token));
    state.login = underWay;
    return underWay;
  };
  Object.assign(client, { login: watched });
  watchGateway(client);
}

/** @throws {SeenConfigError} in a login whose client was stopped in the meantime, or is just being stopped. */
export function requireNoStop(): void {
  if (runOfLogin.getStore()?.stopping.signal.aborted === true) throw stopped();
}

/** True in what the client's latest login calls, which therefore cannot wait for this login. */
export function isCalledByLogin(client: SapphireClient): boolean {
  return runOfLogin.getStore() === ClientState.of(client).run;
}

/** The question for the gateway's address is the last thing that a login does before it connects. */
function watchGateway({ rest: { options } }: SapphireClient): void {
  const makeRequest = options.makeRequest.bind(options);
  options.makeRequest = async (url, init) => {
    const response = await makeRequest(url, init);
    if (url.endsWith('/gateway/bot') && runOfLogin.getStore()?.isDestroyed === true) throw stopped();
    return response;
  };
}

function stopped(): SeenConfigError {
  return new SeenConfigError('The bot was stopped while it logged in. Call client.login() again to start it.');
}
