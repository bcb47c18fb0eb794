import { describeTransfer } from '../transfer.ts';
import { postgres } from './postgres.ts';

describeTransfer(postgres);
