// Whether a test can start a server as root for another user.

import { statSync } from 'node:fs';

function isReadableByAll(path: string): boolean {
  const parts = path.split('/').filter((part) => part !== '');
  return parts.every((_, index) => (statSync(`/${parts.slice(0, index + 1).join('/')}`).mode & 0o005) === 0o005);
}

export const canActForUser: boolean = process.geteuid?.() === 0 && isReadableByAll(import.meta.dirname);
