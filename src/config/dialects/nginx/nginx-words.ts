/** Diagnostics as nginx prints them: what scripts, editors and people look for. */

import type { Diagnostic, Severity } from '../../diagnostic.ts';
import type { Place } from '../../place.ts';

const LEVELS: Readonly<Record<Severity, string>> = { error: 'emerg', warning: 'warn', info: 'notice' };

/** `nginx: [emerg] unknown directive "foo" in /etc/nginx/nginx.conf:3`. */
export function renderAsNginx({ severity, place, message }: Diagnostic): string {
  return `nginx: [${LEVELS[severity]}] ${message}${renderWhere(place)}\n`;
}

/** Words and places alone, for an error log, whose lines begin in their own way. */
export function nginxMessage({ place, message }: Diagnostic): string {
  return `${message}${renderWhere(place)}`;
}

function renderWhere(place: Place): string {
  switch (place.kind) {
    case 'file':
      return ` in ${place.file}:${place.line}`;
    case 'flag':
      return place.name === '-g' ? ' in command line' : '';
    case 'variable':
      return '';
  }
}
