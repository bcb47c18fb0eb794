import { describeSeenStore } from '../seen-store.ts';
import { postgres } from './postgres.ts';

describeSeenStore(postgres);
