import { userInfo } from 'node:os';

/** The name of whoever runs this process. In a container there may be no account with that number, which then has to do. */
export function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
