import { describeCycles } from './cycles.ts';
import { describeForgetting } from './forgetting.ts';
import { describeHolds } from './holds.ts';
import { describeLedger } from './ledger.ts';
import { sqlite } from './sqlite.ts';

describeCycles(sqlite);
describeForgetting(sqlite);
describeHolds(sqlite);
describeLedger(sqlite);
