import type { Client } from 'discord.js';
import { requireSeenStore, SeenConfigError, type SeenPluginOptions, type SeenStore } from 'sapphire-plugin-seen';
import { expect, onTestFinished, test } from 'vitest';

import { ClientState } from '../../src/container/client-state.ts';
import { noteRegistration } from '../../src/container/registration.ts';

const COPIES = Symbol.for('sapphire-plugin-seen.registered');

/** A client of a bot in which these copies of the package were registered, and no other. */
function clientAmong(copies: readonly symbol[], seen?: SeenPluginOptions): Client {
  const before: unknown = Reflect.get(globalThis, COPIES);
  onTestFinished(() => void Reflect.set(globalThis, COPIES, before));
  Reflect.set(globalThis, COPIES, new Set(copies));
  return { options: { seen } } as unknown as Client;
}

function registeredClient(seen?: SeenPluginOptions): Client {
  const client = clientAmong([], seen);
  ClientState.of(client).isRegistered = true;
  return client;
}

function failureOf(client: Client): SeenConfigError {
  try {
    requireSeenStore(client);
  } catch (error) {
    if (error instanceof SeenConfigError) return error;
  }
  throw new Error('It did not fail as it should.');
}

test('a bot that forgot the import of the plugin is told the line', () => {
  expect(failureOf(clientAmong([])).message).toContain(`put "import 'sapphire-plugin-seen/register'"`);
});

test('a bot whose main file loads another copy of the package than its listeners is told so', () => {
  expect(failureOf(clientAmong([Symbol('a CommonJS copy')])).message).toContain('registered in another copy');
});

test('a bot that imports the plugin after its client was made is told to do it before', () => {
  const client = clientAmong([]);
  noteRegistration();
  expect(failureOf(client).message).toContain('was registered after the client was made');
});

test('a plugin that is switched off says which option does that', () => {
  expect(failureOf(registeredClient({ enabled: false })).message).toContain('set seen.enabled to true');
});

test('a client that has not logged in is told to, and one that was stopped that its store is closed', () => {
  const client = registeredClient();
  expect(failureOf(client).message).toContain('call client.login() first');
  ClientState.of(client).beginToStop();
  expect(failureOf(client).message).toContain('The bot was stopped');
});

test('a client that has logged in gets its own store', () => {
  const client = registeredClient();
  const store = {} as SeenStore;
  ClientState.of(client).store = store;
  expect(requireSeenStore(client)).toBe(store);
});
