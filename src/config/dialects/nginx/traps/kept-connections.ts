/** Traps of connections to upstreams: `keepalive` and WebSockets want HTTP/1.1 and a field that nginx does not set by itself. */

import type { SeenBlock } from './seen-block.ts';
import type { Tell, TrapRule } from './trap.ts';

export const CONNECTION_TRAPS: readonly TrapRule[] = [keepaliveUnused, upgradeLost];

/** What a request to an upstream lacks so that its connection is more than one of HTTP/1.0; undefined: nothing. */
function missingIn(block: SeenBlock): string | undefined {
  const isOne = block.setting('proxy_http_version') === '1.1';
  const hasConnection = block
    .inherited('proxy_set_header')
    .some(({ args }) => args[0]?.text.toLowerCase() === 'connection');
  const missing = [...(isOne ? [] : ['"proxy_http_version 1.1"']), ...(hasConnection ? [] : ['a field "Connection"'])];
  return missing.length === 0 ? undefined : missing.join(' and ');
}

function keepaliveUnused(whole: SeenBlock, tell: Tell): void {
  const kept = new Set(
    whole
      .within('upstream')
      .filter((block) => block.says('keepalive'))
      .map(({ opener }) => opener?.args[0]?.text.toLowerCase()),
  );
  if (kept.size === 0) {
    return;
  }
  for (const block of whole.within('location', 'location-if')) {
    const word = block.all('proxy_pass')[0]?.args[0];
    const name = /^https?:\/\/([^/:?$]+)(?:[/?]|$)/i.exec(word?.text ?? '')?.[1];
    const missing = word === undefined || !kept.has(name?.toLowerCase()) ? undefined : missingIn(block);
    if (word !== undefined && missing !== undefined) {
      tell(
        'trap.keepalive-unused',
        word.place,
        `connections to "${name}" are closed after each request, for want of ${missing}`,
      );
    }
  }
}

function upgradeLost(whole: SeenBlock, tell: Tell): void {
  for (const block of whole.within('location', 'location-if')) {
    const upgrade = block.inherited('proxy_set_header').find(({ args }) => args[0]?.text.toLowerCase() === 'upgrade');
    const passed = block.all('proxy_pass')[0]?.args[0];
    const missing =
      upgrade?.args[1]?.text.includes('$') === true && passed !== undefined ? missingIn(block) : undefined;
    if (passed !== undefined && missing !== undefined) {
      tell(
        'trap.upgrade-lost',
        passed.place,
        `"Upgrade" is set, but WebSockets do not pass here, for want of ${missing}`,
      );
    }
  }
}
