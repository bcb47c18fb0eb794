import { Pool } from 'pg';
import { openSeenStore, type SeenStoreOptions } from 'sapphire-plugin-seen/store';

const options: SeenStoreOptions = { pool: new Pool(), schema: 'bots' };
void openSeenStore(options);
void openSeenStore({ url: 'postgres://localhost/bots' });
