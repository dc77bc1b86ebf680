import { runMain } from '../../libs/cli/run-main.ts';
import { ra } from './command.ts';

void runMain(ra);
