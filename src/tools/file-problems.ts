import { ToolError, ToolUnavailable } from './define-tool.ts';

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** Whether nothing is there, which for a path about to be written is no problem at all. */
export function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(error));
}

/**
 * Tells a problem that the model can mend (a wrong path) from one that only an operator can (a full disk). Messages name
 * the path as the caller gave it: where the workspace lies on the machine is nobody's business in a transcript.
 */
export function fileProblem(error: unknown, path: string): Error {
  if (error instanceof ToolError || error instanceof ToolUnavailable) return error;
  switch (codeOf(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new ToolError('NotFound', `${path} does not exist`);
    case 'EISDIR':
      return new ToolError('Invalid', `${path} is a directory`);
    case 'ENAMETOOLONG':
      return new ToolError('Invalid', `${path.slice(0, 100)}... is too long a path`);
    case 'EACCES':
    case 'EPERM':
      return new ToolError('Forbidden', `${path} may not be accessed`);
    case 'ELOOP':
      return new ToolError('Forbidden', `${path} leads through a symbolic link that can't be followed`);
    default:
      return new ToolUnavailable(`${path} can't be accessed (${codeOf(error) || 'unknown error'})`, {
        cause: error,
      });
  }
}
