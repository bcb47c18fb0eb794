// Another process that owns a store: it does what its parent tells it, until it is told to close or killed.
import { copyFileSync } from 'node:fs';

import {
  openSeenStore,
  SeenError,
  type Claim,
  type SeenStore,
  type SeenStoreOptions,
} from '../../../src/store/index.ts';

export type OwnerCommand =
  | { readonly do: 'open'; readonly options: SeenStoreOptions }
  | { readonly do: 'claim'; readonly ids: readonly string[]; readonly leaseMs: number }
  | { readonly do: 'claimInBatches'; readonly ids: readonly string[]; readonly leaseMs: number }
  | { readonly do: 'commit'; readonly claims: readonly Claim[] }
  | { readonly do: 'mark'; readonly ids: readonly string[] }
  | { readonly do: 'campaign'; readonly name: string; readonly leaseMs: number }
  | { readonly do: 'copy'; readonly from: string; readonly to: string }
  | { readonly do: 'close' };

export interface OwnerAnswer {
  readonly claims: readonly Claim[];
  /** The code of the error that the command ended in. */
  readonly error?: string;
}

const BATCH = 10;

let store: SeenStore | undefined;

async function obey(command: OwnerCommand): Promise<readonly Claim[]> {
  if (command.do === 'open') store = await openSeenStore(command.options);
  if (command.do === 'claim') return store?.claim(command.ids, command) ?? [];
  if (command.do === 'claimInBatches') return claimInBatches(command.ids, command.leaseMs);
  if (command.do === 'commit') await store?.commit(command.claims);
  if (command.do === 'mark') await store?.markSeen(command.ids);
  if (command.do === 'campaign') await campaign(command.name, command.leaseMs);
  if (command.do === 'copy') copyFileSync(command.from, command.to);
  if (command.do === 'close') await store?.close();
  return [];
}

/** Fails while another store leads, in the words of the test that sees it. */
async function campaign(name: string, leaseMs: number): Promise<void> {
  const term = await store?.leadership.campaign(name, { leaseMs });
  if (term === null) throw new Error('another one leads');
}

async function claimInBatches(ids: readonly string[], leaseMs: number): Promise<Claim[]> {
  const claims: Claim[] = [];
  for (let start = 0; start < ids.length; start += BATCH)
    claims.push(...((await store?.claim(ids.slice(start, start + BATCH), { leaseMs })) ?? []));
  return claims;
}

async function answer(command: OwnerCommand): Promise<void> {
  const reply = await obey(command).then(
    (claims): OwnerAnswer => ({ claims }),
    (error: unknown): OwnerAnswer => ({ claims: [], error: error instanceof SeenError ? error.code : String(error) }),
  );
  process.send?.(reply);
  if (command.do === 'close') process.disconnect();
}

process.on('message', (command: OwnerCommand) => {
  answer(command).catch((error: unknown) => {
    throw error;
  });
});
