import { pino, type DestinationStream } from 'pino';

/**
 * Opens the destination of the lines. Either format is written before `log.info()` returns, so that a line that is
 * logged right before `process.exit()` or a crash is not lost. The bot can afford that: it logs a few lines per cycle.
 *
 * @param target Default: standard output.
 * @returns The stream, and the problem if it writes JSON because `pretty` is not available.
 */
export async function openDestination(
  format: 'json' | 'pretty',
  target: DestinationStream = pino.destination({ dest: 1, sync: true }),
): Promise<{ readonly stream: DestinationStream; readonly problem?: unknown }> {
  if (format === 'json') return { stream: target };
  try {
    return { stream: await prettyStream(target) };
  } catch (problem) {
    return { stream: target, problem };
  }
}

/** Loads pino-pretty, a development dependency, which a bot that was installed without those does not have. */
async function prettyStream(target: DestinationStream): Promise<DestinationStream> {
  const { prettyFactory } = await import('pino-pretty');
  const format = prettyFactory({
    colorize: process.stdout.isTTY,
    translateTime: 'SYS:HH:MM:ss',
    ignore: 'pid,hostname',
  });
  return { write: (line) => target.write(format(line)) };
}
