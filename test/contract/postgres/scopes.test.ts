import { describeScopes } from '../scopes.ts';
import { postgres } from './postgres.ts';

describeScopes(postgres);
