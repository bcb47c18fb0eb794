import { describeAgeing } from '../ageing.ts';
import { describeCycles } from '../cycles.ts';
import { describeForgetting } from '../forgetting.ts';
import { describeHolds } from '../holds.ts';
import { describePurging } from '../purging.ts';
import { sqlite } from './sqlite.ts';

describeAgeing(sqlite);
describeCycles(sqlite);
describeForgetting(sqlite);
describeHolds(sqlite);
describePurging(sqlite);
