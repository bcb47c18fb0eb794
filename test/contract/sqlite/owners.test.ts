import { describeOwners } from '../owners.ts';
import { sqlite } from './sqlite.ts';

describeOwners(sqlite);
