import { runMain } from '../../libs/cli/run-main.ts';
import { racount } from './command.ts';

void runMain(racount);
