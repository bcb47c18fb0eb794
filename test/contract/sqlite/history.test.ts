import { describeAgeing } from '../ageing.ts';
import { describeCoverage } from '../coverage.ts';
import { describeCycles } from '../cycles.ts';
import { describeForgetting } from '../forgetting.ts';
import { describeHolds } from '../holds.ts';
import { describeKeptIncidents } from '../incidents.ts';
import { describePurging } from '../purging.ts';
import { describeScopes } from '../scopes.ts';
import { sqlite } from './sqlite.ts';

describeAgeing(sqlite);
describeCoverage(sqlite);
describeCycles(sqlite);
describeForgetting(sqlite);
describeHolds(sqlite);
describeKeptIncidents(sqlite);
describePurging(sqlite);
describeScopes(sqlite);
