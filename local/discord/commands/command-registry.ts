import type { APIApplicationCommand } from 'discord.js';
import { unknownCommand } from '../api-error.ts';
import type { JsonObject } from '../json.ts';
import type { Snowflakes } from '../snowflake.ts';

/** A registered command as the API returns it. */
export interface Command extends Omit<APIApplicationCommand, 'type' | 'contexts' | 'integration_types'> {
  readonly type: number;
  readonly contexts: readonly number[] | null;
  readonly integration_types: readonly number[];
}

/** The application's commands: the global ones, and those of single guilds. */
export class CommandRegistry {
  readonly #applicationId: string;
  readonly #snowflakes: Snowflakes;
  readonly #commands = new Map<string, Command>();

  constructor(applicationId: string, snowflakes: Snowflakes) {
    this.#applicationId = applicationId;
    this.#snowflakes = snowflakes;
  }

  all(): readonly Command[] {
    return [...this.#commands.values()];
  }

  in(guildId: string | undefined): readonly Command[] {
    return this.all().filter((command) => command.guild_id === guildId);
  }

  get(guildId: string | undefined, id: string): Command {
    const command = this.#commands.get(id);
    if (!command || command.guild_id !== guildId) throw unknownCommand();
    return command;
  }

  /** Finds the command that somebody in this guild invokes by its name; the guild's own comes first. */
  named(name: string, guildId: string | undefined): Command | undefined {
    const candidates = [...(guildId === undefined ? [] : this.in(guildId)), ...this.in(undefined)];
    return candidates.find((command) => command.name === name);
  }

  /** Registers a command. One of the same name and type is replaced, and keeps its id. */
  put(guildId: string | undefined, body: JsonObject): { readonly command: Command; readonly isNew: boolean } {
    const { name, type = 1 } = body;
    const before = this.in(guildId).find((command) => command.name === name && command.type === type);
    const command = this.#keep(before?.id ?? this.#snowflakes.next(), guildId, body);
    return { command, isNew: before === undefined };
  }

  patch(guildId: string | undefined, id: string, body: JsonObject): Command {
    return this.#keep(id, guildId, { ...this.get(guildId, id), ...body });
  }

  /** Registers these commands and deletes all others of the guild. */
  replaceAll(guildId: string | undefined, bodies: readonly JsonObject[]): readonly Command[] {
    const kept = bodies.map((body) => this.put(guildId, body).command);
    for (const { id } of this.in(guildId)) if (!kept.some((command) => command.id === id)) this.#commands.delete(id);
    return kept;
  }

  delete(guildId: string | undefined, id: string): void {
    this.#commands.delete(this.get(guildId, id).id);
  }

  #keep(id: string, guildId: string | undefined, body: JsonObject): Command {
    const command = {
      ...defaults,
      ...body,
      id,
      application_id: this.#applicationId,
      version: this.#snowflakes.next(),
      ...(guildId !== undefined && { guild_id: guildId }),
      // It may be sent as a number, but is returned as a string.
      default_member_permissions: textOrNull(body['default_member_permissions']),
    };
    // The fields were validated before, and Discord echoes them.
    this.#commands.set(id, command as unknown as Command);
    return command as unknown as Command;
  }
}

/** The values of keys that a registration leaves out. */
const defaults = {
  type: 1,
  name_localizations: null,
  description: '',
  description_localizations: null,
  nsfw: false,
  contexts: null,
  integration_types: [0],
};

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}
