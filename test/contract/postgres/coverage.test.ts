import { describeCoverage } from '../coverage.ts';
import { postgres } from './postgres.ts';

describeCoverage(postgres);
