import { PROBLEM_NAMES } from '../../libs/packet/problems.ts';

export interface CountedProblem {
  readonly name: string;
  readonly packets: number;
}

/**
 * What kept packets from decoding to the end, most frequent first.
 * @param counts packets by number of the problem
 */
export function countedProblems(counts: Float64Array): CountedProblem[] {
  const found: CountedProblem[] = [];
  counts.forEach((packets, problem) => {
    if (problem > 0 && packets > 0) found.push({ name: PROBLEM_NAMES[problem]!, packets });
  });
  return found.sort((a, b) => b.packets - a.packets || (a.name < b.name ? -1 : 1));
}

/** The table that `--problems` prints, a line each. */
export function problemLines(counts: Float64Array, packets: number): string[] {
  const problems = countedProblems(counts);
  const hurt = problems.reduce((sum, problem) => sum + problem.packets, 0);
  const width = String(hurt).length;
  return [
    `problems in ${hurt} of ${packets} packets${hurt === 0 ? '' : ':'}`,
    ...problems.map((problem) => `${String(problem.packets).padStart(width)}  ${problem.name}`),
  ];
}
