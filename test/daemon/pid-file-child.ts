import { PidFile } from '../../libs/daemon/pid-file.ts';

/* Tries to have the pid file that it is given for itself, says whether it has it, and stays until nobody talks to it any more. */

let said = 'got it';
try {
  PidFile.open(process.argv[2] ?? '', 'pid-file-child');
} catch {
  said = 'held';
}
process.stdout.write(said);
process.stdin.resume();
