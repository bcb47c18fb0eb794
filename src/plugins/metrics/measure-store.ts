import type * as Prometheus from 'prom-client';

import type { LedgerCounts } from '../../store/contract/ledger.ts';
import type { SeenStore, StoreSizes } from '../../store/contract/seen-store.ts';

interface Registration {
  readonly prometheus: typeof Prometheus;
  readonly registers: Prometheus.Registry[];
}

interface Measured {
  readonly sizes: StoreSizes;
  readonly items: LedgerCounts;
}

/** A gauge of the store. */
interface StoreGauge {
  readonly name: string;
  readonly help: string;
  readonly label?: string;
  /** The values by their label. Those that are undefined, or of a store that does not answer, are left out. */
  readonly valuesOf: (measured: Measured) => Readonly<Record<string, number | undefined>>;
}

const gauges: readonly StoreGauge[] = [
  {
    name: 'seen_store_bytes',
    help: 'Size of the database, and of its write-ahead log where it is a file.',
    label: 'file',
    valuesOf: ({ sizes: { fileBytes, walBytes } }) => ({ database: fileBytes, wal: walBytes }),
  },
  {
    name: 'seen_ledger_items',
    help: 'Items that are waiting, in progress or failed, by state.',
    label: 'state',
    valuesOf: ({ items }) => ({ ...items }),
  },
  {
    name: 'seen_store_dead_rows',
    help: 'Rows of the store in PostgreSQL that wait for a vacuum.',
    valuesOf: ({ sizes: { health } }) => ({ all: health?.deadRows }),
  },
  {
    name: 'seen_store_oldest_transaction_seconds',
    help: 'Age of the oldest transaction in PostgreSQL that holds back a vacuum; 0 without one.',
    valuesOf: ({ sizes: { health } }) => ({ all: health && (health.oldestTransactionMs ?? 0) / 1000 }),
  },
];

/**
 * Measures the store at each scrape. A store that does not answer costs only its own gauges: the others are needed most
 * then.
 */
export function measureStore(registration: Registration, store: SeenStore): void {
  const { prometheus, registers } = registration;
  let running: Promise<Measured | undefined> | undefined;
  /** Once for all gauges of a scrape. */
  const measure = (): Promise<Measured | undefined> => {
    running ??= ask(store).finally(() => (running = undefined));
    return running;
  };
  const up: Prometheus.Gauge = new prometheus.Gauge({
    name: 'seen_store_up',
    help: '1 while the store answers, else 0.',
    registers,
    collect: async () => up.set((await measure()) === undefined ? 0 : 1),
  });
  for (const gauge of gauges) register(registration, gauge, measure);
}

/** Undefined for a store that does not answer, which its gauge tells. Who needs the store reports the error. */
async function ask(store: SeenStore): Promise<Measured | undefined> {
  try {
    const [sizes, items] = await Promise.all([store.sizes(), store.ledger.counts()]);
    return { sizes, items };
  } catch {
    return undefined;
  }
}

function register(
  { prometheus, registers }: Registration,
  { name, help, label, valuesOf }: StoreGauge,
  measure: () => Promise<Measured | undefined>,
): void {
  const labelNames = label === undefined ? [] : [label];
  const gauge = new prometheus.Gauge({
    name,
    help,
    labelNames,
    registers,
    async collect() {
      const measured = await measure();
      gauge.reset();
      if (labelNames.length === 0) gauge.remove();
      for (const [of, value] of Object.entries(measured === undefined ? {} : valuesOf(measured)))
        if (value !== undefined) gauge.set(label === undefined ? {} : { [label]: of }, value);
    },
  });
}
