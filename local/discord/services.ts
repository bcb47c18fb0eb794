import type { Server } from 'node:http';
import type { Clock } from '../clock.ts';
import { Changes } from './changes.ts';
import { CommandRegistry } from './commands/command-registry.ts';
import { Gateway } from './gateway/gateway.ts';
import { InteractionRegistry } from './interactions/interaction-registry.ts';
import { CrosspostWindow } from './messages/crosspost-window.ts';
import { MessageStore } from './messages/message-store.ts';
import { NonceWindow } from './messages/nonce-window.ts';
import type { Settings } from './options.ts';
import { Snowflakes } from './snowflake.ts';
import { Directory } from './world/directory.ts';
import { Threads } from './threads/threads.ts';

/** The parts of a local Discord, as routes and `LocalDiscord` use them. */
export interface Services {
  readonly clock: Clock;
  readonly snowflakes: Snowflakes;
  readonly changes: Changes;
  readonly directory: Directory;
  readonly gateway: Gateway;
  readonly nonces: NonceWindow;
  readonly messages: MessageStore;
  readonly threads: Threads;
  readonly crossposts: CrosspostWindow;
  readonly commands: CommandRegistry;
  readonly interactions: InteractionRegistry;
  readonly responseTimeoutMs: number;
}

/** @param host The address and port on which `server` listens. */
export function createServices(server: Server, host: string, settings: Settings): Services {
  const { world, clock, nonceWindowMs, responseTimeoutMs, heartbeatIntervalMs, rewrites } = settings;
  const snowflakes = new Snowflakes(clock);
  const changes = new Changes();
  const directory = new Directory(world);
  const gateway = new Gateway(server, `ws://${host}/gateway`, directory, changes, heartbeatIntervalMs);
  const origin = `http://${host}`;
  const shared = { clock, snowflakes, changes, directory, publish: gateway.publish, origin, rewrites };
  return {
    clock,
    snowflakes,
    changes,
    directory,
    gateway,
    nonces: new NonceWindow(clock, nonceWindowMs),
    messages: new MessageStore(shared),
    threads: new Threads(shared),
    crossposts: new CrosspostWindow(clock),
    commands: new CommandRegistry(world.application.id, snowflakes),
    interactions: new InteractionRegistry(clock, snowflakes),
    responseTimeoutMs,
  };
}
