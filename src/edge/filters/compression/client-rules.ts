/** Which requests may be answered with a coded body, also by regexes for the User-Agent. */

import type { CompressionClients } from '../../../config/model/bodies.ts';
import { toLatin1 } from '../../../kernel/latin1.ts';
import { compileRegex, TOO_COSTLY_MATCH } from '../../../kernel/regex/regex.ts';
import { isOldExplorer } from '../../shared/user-agents.ts';
import type { ClientRule } from './client-rule.ts';
import { clientRule } from './client-rule.ts';

export type { ClientRule } from './client-rule.ts';

export function compileClientRule(clients: CompressionClients): ClientRule {
  return clientRule(clients, compileDisabledFor(clients.disabledFor));
}

/** `userAgent` undefined: the client says none, and is no broken browser. */
function compileDisabledFor(words: readonly string[]): (userAgent: string | undefined) => boolean {
  const hasOldExplorer = words.includes('msie6');
  const regexes = words.filter((word) => word !== 'msie6' && word !== 'degradation').map(compileUserAgent);
  if (!hasOldExplorer && regexes.length === 0) {
    return () => false;
  }
  return (userAgent) =>
    userAgent !== undefined &&
    ((hasOldExplorer && isOldExplorer(userAgent)) || regexes.some((matches) => matches(userAgent)));
}

/** Readers have checked the regex. One that takes too long for a User-Agent counts as a match: an uncompressed response is never wrong. */
function compileUserAgent(text: string): (userAgent: string) => boolean {
  const compiled = compileRegex(toLatin1(text), { caseless: true });
  if (!compiled.ok) {
    throw new Error(`the regex "${text}" cannot be compiled: ${compiled.fault.message}`);
  }
  const regex = compiled.value;
  return (userAgent) => {
    const found = regex.match(userAgent);
    return found === TOO_COSTLY_MATCH || found !== undefined;
  };
}
