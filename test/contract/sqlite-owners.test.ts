import { describeOwners } from './owners.ts';
import { describeModel } from './model.ts';
import { sqlite } from './sqlite.ts';

describeOwners(sqlite);
describeModel(sqlite);
