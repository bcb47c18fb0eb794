import { describeLeases } from '../claims/leases.ts';
import { sqlite } from './sqlite.ts';

describeLeases(sqlite);
