// Writes what is documented from the code: `.env.example`, and the README's table of the bot's variables.
import { readFileSync, writeFileSync } from 'node:fs';

import { envVariables } from '../src/bot/env.ts';
import { envExample, withVariableTable } from './env-docs.ts';

writeFileSync('.env.example', envExample(envVariables));
writeFileSync('README.md', withVariableTable(readFileSync('README.md', 'utf8'), envVariables));
