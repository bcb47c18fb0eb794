import { describeCycles } from '../cycles.ts';
import { postgres } from './postgres.ts';

describeCycles(postgres);
