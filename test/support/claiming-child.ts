import { HeldName } from '../../libs/archive/held-name.ts';
import { PidFile } from '../../libs/daemon/pid-file.ts';

/* Tries to have what it is given for itself, says whether it has it, and stays until nobody talks to it any more. */

const [kind, path = ''] = process.argv.slice(2);
let said = 'got it';
try {
  if (kind === 'pid file') PidFile.open(path, 'claiming-child');
  else HeldName.take(path);
} catch {
  said = 'held';
}
process.stdout.write(said);
process.stdin.resume();
