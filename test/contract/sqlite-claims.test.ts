import { describeClaims } from './claims.ts';
import { sqlite } from './sqlite.ts';

describeClaims(sqlite);
