/**
 * Why this Node cannot run Panoptes, or an empty string.
 * @param {string} version as in `process.version`, such as 'v20.19.4'
 * @param {string} range as in package.json, such as '>=20.19'
 * @returns {string}
 */
export function nodeProblem(version, range) {
  const wanted = range.replace('>=', '');
  const have = numbers(version);
  const least = numbers(wanted);
  const differing = least.findIndex((part, index) => part !== (have[index] || 0));
  if (differing < 0 || (have[differing] || 0) > least[differing]) return '';
  return `Node ${wanted} or later is needed; this is ${version}. Install a newer one (https://nodejs.org) and try again.`;
}

function numbers(version) {
  return version
    .replace(/^v/, '')
    .split('.')
    .map((part) => parseInt(part, 10));
}
