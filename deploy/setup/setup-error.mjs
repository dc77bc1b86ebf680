/** Something is missing that the person at the keyboard can provide. The message says what and how. */
export class SetupError extends Error {}
