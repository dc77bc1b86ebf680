import { runMain } from '../../libs/cli/run-main.ts';
import { rabins } from './command.ts';

void runMain(rabins);
