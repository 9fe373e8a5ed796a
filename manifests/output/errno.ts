/** Whether an error is the operating system's, with this code (for example ENOENT). */
export function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
