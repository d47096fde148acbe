/** The names of this process: the title, which ps shows and `pgrep -f` looks through, and the short name, by which killall, pidof and start-stop-daemon look. */

import { writeFileSync } from 'node:fs';

/** What nginx's own main process begins its title with. Monitors look for it. */
export const NGINX_TITLE = 'nginx: master process';
const NGINX_NAME = 'nginx';
const NAME_FILE = '/proc/self/comm';

/** Node makes the short name of the title's first letters; Debian's logrotate of nginx finds its process by the name `nginx` alone. */
export function nameProcess(title: string): void {
  process.title = title;
  if (title.startsWith(NGINX_TITLE)) {
    try {
      writeFileSync(NAME_FILE, NGINX_NAME);
    } catch {
      // Without /proc the process is found by its title.
      return;
    }
  }
}
