/** A regex that cannot be used, in the words of PCRE and nginx. */

import { checkRegex } from '../../../kernel/regex/regex.ts';
import { encodeUtf8 } from './decode-utf8.ts';

export interface NginxRegexFault {
  readonly message: string;
  readonly hint?: string;
}

/** Undefined for one that can be used. */
export function nginxRegexFault(pattern: string, isCaseless: boolean): NginxRegexFault | undefined {
  const bytes = encodeUtf8(pattern).toString('latin1');
  const fault = checkRegex(bytes, { caseless: isCaseless });
  if (fault === undefined) {
    return undefined;
  }
  const rest = fault.offset < bytes.length ? ` at "${bytes.slice(fault.offset)}"` : '';
  const message = `pcre2_compile() failed: ${fault.message} in "${pattern}"${rest}`;
  return fault.kind === 'invalid'
    ? { message }
    : { message, hint: "nginx would take it; Portico's regexes do not have it." };
}
