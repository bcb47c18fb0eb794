import { describeBatches } from '../claims/batches.ts';
import { sqlite } from './sqlite.ts';

describeBatches(sqlite);
