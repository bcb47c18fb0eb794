import { describeSeenStore } from '../seen-store.ts';
import { sqlite } from './sqlite.ts';

describeSeenStore(sqlite);
