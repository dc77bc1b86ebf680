import { runMain } from '../../libs/cli/run-main.ts';
import { raconvert } from './command.ts';

void runMain(raconvert);
