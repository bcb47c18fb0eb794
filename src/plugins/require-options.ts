import { requireCommandOptions, type SeenCommandOptions } from '../commands/command-option.ts';
import { SeenConfigError } from '../store/errors.ts';
import { requireKnownOptions, requireLogger, requireString, requireStrings, shown } from '../store/option-checks.ts';
import { seenStoreOptionNames, type SeenStoreOptions } from '../store/options.ts';
import type { MetricsOptions } from './metrics/options.ts';
import type { SeenAdmins, SeenPluginOptions } from './options.ts';

const pluginOptions = ['enabled', 'command', 'admins', 'metrics', 'parseId'] as const satisfies readonly Exclude<
  keyof SeenPluginOptions,
  keyof SeenStoreOptions
>[];
const adminOptions = ['guildId', 'channelId', 'userIds', 'roleIds'] as const satisfies readonly (keyof SeenAdmins)[];
const metricsOptions = ['port', 'host'] as const satisfies readonly (keyof MetricsOptions)[];

/**
 * Checks the options that the store does not check itself.
 *
 * @throws {SeenConfigError} naming the option that does not exist or cannot work.
 */
export function requirePluginOptions(options: SeenPluginOptions): void {
  requireKnownOptions('seen', options, [...seenStoreOptionNames, ...pluginOptions]);
  const { enabled = true, command = false, admins, metrics, parseId, logger } = options;
  if (typeof enabled !== 'boolean') refuse('enabled', 'true or false', enabled);
  if (parseId !== undefined && typeof parseId !== 'function') refuse('parseId', 'a function', parseId);
  if (logger !== undefined) requireLogger('seen.logger', logger);
  if (command !== false) requireCommand(command);
  if (admins !== undefined) requireAdmins(admins);
  if (metrics !== undefined) requireMetrics(metrics);
}

function requireCommand(command: SeenCommandOptions): void {
  if (typeof command !== 'object' || command === null)
    refuse('command', 'false, or an object of options, or be left out for the default', command);
  requireCommandOptions(command);
}

function requireAdmins(admins: SeenAdmins): void {
  requireKnownOptions('seen.admins', admins, adminOptions);
  const { guildId, channelId, userIds, roleIds } = admins;
  for (const [name, id] of Object.entries({ guildId, channelId }))
    if (id !== undefined) requireString(`seen.admins.${name}`, id);
  for (const [name, ids] of Object.entries({ userIds, roleIds }))
    if (ids !== undefined) requireStrings(`seen.admins.${name}`, ids);
}

function requireMetrics(metrics: MetricsOptions): void {
  requireKnownOptions('seen.metrics', metrics, metricsOptions);
  const { port, host } = metrics;
  if (!(Number.isInteger(port) && port >= 0 && port <= 65_535))
    refuse('metrics.port', 'a whole number from 0 to 65535', port);
  if (host !== undefined) requireString('seen.metrics.host', host);
}

function refuse(option: string, rule: string, value: unknown): never {
  throw new SeenConfigError(`seen.${option} must be ${rule}, but is ${shown(value)}.`);
}
