/** The address at which metrics are served. This file imports nothing of prom-client, which may not be installed. */
export interface MetricsOptions {
  /** 0 takes a free port. */
  readonly port: number;
  /** Default: `127.0.0.1`, which nobody outside this machine reaches. */
  readonly host?: string | undefined;
}
