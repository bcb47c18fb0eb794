import { describeOwners } from '../owners.ts';
import { postgres } from './postgres.ts';

describeOwners(postgres);
