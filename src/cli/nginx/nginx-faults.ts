/** What is wrong with nginx's files, in nginx's form: `unknown directive "a" in /etc/nginx/nginx.conf:3`. */

import type { Diagnostic, Severity } from '../../config/diagnostic.ts';
import { nginxMessage } from '../../config/dialects/nginx/nginx-words.ts';
import type { ErrorLevel } from '../../kernel/error-line.ts';
import type { StartLog } from './start-log.ts';

const LEVELS: Readonly<Record<Severity, ErrorLevel>> = { error: 'emerg', warning: 'warn', info: 'info' };

/** Unlike nginx, which ends at the first, all of them. The way out, of which nginx says nothing, is a line of its own: programs look for the end of the other. */
export function tellFaults(diagnostics: readonly Diagnostic[], log: Pick<StartLog, 'say' | 'tell'>): void {
  for (const diagnostic of diagnostics) {
    const { severity, hint } = diagnostic;
    log.say(LEVELS[severity], nginxMessage(diagnostic));
    if (hint !== undefined && severity !== 'info') {
      log.tell(`  ${hint}`);
    }
  }
}
