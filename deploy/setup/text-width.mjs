/**
 * In place of the package string-width, with which yargs would lay out help pages. It makes none here, and what that package
 * prepares takes longer than all the rest of yargs.
 */
export default function textWidth(text) {
  return text.length;
}
