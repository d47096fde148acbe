/**
 * Which of the server's own streams the path of a log leads to. Container images lay links in a log's place (`/var/log/nginx/error.log` to `/dev/stderr`), and
 * `/dev/stderr` is that of whichever process opens it: in the edge a pipe of its own. Nor could every stream be opened by its path: a socket cannot at all, and a
 * pipe only by the user who has made it. So such a log is written to the descriptor that the edge has inherited.
 */

import { readlinkSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** As many links as the kernel follows. */
const LINKS_MAX = 40;
const STREAM = /^\/(?:dev\/(?:fd\/([12])|std(out|err))|proc\/self\/fd\/([12]))$/;

export type StandardStream = 'stdout' | 'stderr';

/** Undefined: the path leads elsewhere. */
export function standardStreamOf(path: string): StandardStream | undefined {
  let name = resolve(path);
  for (let links = 0; links < LINKS_MAX; links += 1) {
    const [found, fd, word, ownFd] = STREAM.exec(name) ?? [];
    if (found !== undefined) {
      return word === 'out' || (fd ?? ownFd) === '1' ? 'stdout' : 'stderr';
    }
    try {
      name = resolve(dirname(name), readlinkSync(name));
    } catch {
      return undefined; // No link, or nothing at all: the file is opened, or made, by its name.
    }
  }
  return undefined;
}
