import { runMain } from '../../libs/cli/run-main.ts';
import { radium } from './command.ts';

void runMain(radium);
