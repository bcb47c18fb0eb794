import { describeForgetting } from '../forgetting.ts';
import { describePurging } from '../purging.ts';
import { postgres } from './postgres.ts';

describeForgetting(postgres);
describePurging(postgres);
