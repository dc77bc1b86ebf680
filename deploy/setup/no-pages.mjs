/**
 * In place of the packages with which yargs lays out help pages: ours are made elsewhere, and what those packages prepare takes longer
 * than all the rest of yargs.
 */
export default function layOut() {
  throw new Error('help pages are not made by yargs');
}
