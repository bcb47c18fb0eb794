import { describeSettling } from '../claims/settling.ts';
import { postgres } from './postgres.ts';

describeSettling(postgres);
