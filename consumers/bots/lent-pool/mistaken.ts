import { Client } from 'pg';
import { openSeenStore } from 'sapphire-plugin-seen/store';

void openSeenStore({ pool: new Client() });
