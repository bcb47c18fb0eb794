import { describeLeases } from '../claims/leases.ts';
import { postgres } from './postgres.ts';

describeLeases(postgres);
