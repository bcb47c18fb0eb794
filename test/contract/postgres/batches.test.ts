import { describeBatches } from '../claims/batches.ts';
import { postgres } from './postgres.ts';

describeBatches(postgres);
