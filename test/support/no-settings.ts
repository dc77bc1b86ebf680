/** Environment of commands in which whoever runs the tests has no settings of his own: they read `.rarc` in these folders. */
export const NO_SETTINGS = { HOME: '/nowhere', ARGUSHOME: '' } as const;
