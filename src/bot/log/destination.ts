import { pino, type DestinationStream } from 'pino';

/**
 * Where lines go, in the asked format. Both write before `log.info()` returns: a line that is logged right before
 * `process.exit()` or a crash is not lost. The bot logs a few lines per cycle; their writes cost it nothing.
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

/** pino-pretty is a development dependency: a bot that was installed without those has none. */
async function prettyStream(target: DestinationStream): Promise<DestinationStream> {
  const { prettyFactory } = await import('pino-pretty');
  const format = prettyFactory({
    colorize: process.stdout.isTTY,
    translateTime: 'SYS:HH:MM:ss',
    ignore: 'pid,hostname',
  });
  return { write: (line) => target.write(format(line)) };
}
