/** What is wrong with nginx's files, in nginx's form: `unknown directive "a" in /etc/nginx/nginx.conf:3`. */

import type { Diagnostic, Severity } from '../../config/diagnostic.ts';
import { nginxMessage } from '../../config/dialects/nginx/nginx-words.ts';
import type { ErrorLevel } from '../../kernel/error-line.ts';
import type { StartLog } from './start-log.ts';

const LEVELS: Readonly<Record<Severity, ErrorLevel>> = { error: 'emerg', warning: 'warn', info: 'info' };

/** What does not run here, or not yet: a site that proxies says forty such directives. One is told for all that have the same reason. */
export const NOT_RUN: ReadonlySet<string> = new Set(['nginx.later', 'nginx.accepted']);
/** Of those that are not told, so many are named. */
const NAMES_MAX = 10;

interface Told {
  readonly diagnostic: Diagnostic;
  /** The directives that have the same reason. */
  readonly others: Set<string>;
}

/** Unlike nginx, which ends at the first, all of them. The way out, of which nginx says nothing, is a line of its own: programs look for the end of the other. */
export function tellFaults(diagnostics: readonly Diagnostic[], log: Pick<StartLog, 'say' | 'tell'>): void {
  for (const { diagnostic, others } of folded(diagnostics)) {
    const { severity, hint } = diagnostic;
    log.say(LEVELS[severity], nginxMessage(diagnostic));
    if (hint !== undefined && severity !== 'info') {
      log.tell(`  ${hint}${alsoOf(others)}`);
    }
  }
}

function folded(diagnostics: readonly Diagnostic[]): readonly Told[] {
  const first = new Map<string, Told>();
  const kept: Told[] = [];
  for (const diagnostic of diagnostics) {
    const key = `${diagnostic.code} ${diagnostic.hint}`;
    const before = NOT_RUN.has(diagnostic.code) ? first.get(key) : undefined;
    const told = before ?? { diagnostic, others: new Set<string>() };
    if (before === undefined) {
      first.set(key, told);
      kept.push(told);
    } else if (diagnostic.message !== before.diagnostic.message) {
      before.others.add(nameIn(diagnostic));
    }
  }
  return kept;
}

/** `"proxy_pass" directive has no effect yet`. */
function nameIn({ message }: Diagnostic): string {
  return /^"[^"]*"/.exec(message)?.[0] ?? message;
}

function alsoOf(others: ReadonlySet<string>): string {
  const named = [...others].slice(0, NAMES_MAX).join(', ');
  const more = others.size > NAMES_MAX ? ` and ${others.size - NAMES_MAX} more` : '';
  return others.size === 0 ? '' : ` The same holds for ${named}${more}.`;
}
