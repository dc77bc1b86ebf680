const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  ENOTDIR: 'no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  EEXIST: 'something else has that name',
  EISDIR: 'it is a folder',
  ENOSPC: 'no space left',
  EDQUOT: 'no space left',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files',
  EPIPE: 'nobody reads it any more',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'the name is too long',
};

/** What a failed system call means, in words that fit after "cannot read FILE: ". Undefined for any other error. */
export function systemReason(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return REASONS['code' in error ? String(error.code) : ''] ?? ('syscall' in error ? error.message : undefined);
}
