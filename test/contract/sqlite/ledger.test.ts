import { describeLedger } from '../ledger.ts';
import { sqlite } from './sqlite.ts';

describeLedger(sqlite);
