import { describeLedger } from '../ledger.ts';
import { postgres } from './postgres.ts';

describeLedger(postgres);
