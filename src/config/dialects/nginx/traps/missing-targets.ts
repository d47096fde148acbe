/** What is sent on to something that is not there. */

import { countGroups } from '../regex-groups.ts';
import type { Word } from '../token.ts';
import { placeWithin } from '../token.ts';
import type { SeenBlock } from './seen-block.ts';
import { locationOf } from './seen-block.ts';
import type { Tell, TrapRule } from './trap.ts';

export const MISSING_TARGETS: readonly TrapRule[] = [missingLocations, missingGroups];

/** nginx looks for a named location when a request is sent there. */
function missingLocations(whole: SeenBlock, tell: Tell): void {
  for (const server of whole.within('server')) {
    const names = new Set([...server.within('location')].map((block) => locationOf(block)?.text));
    for (const word of sentTo(server)) {
      if (!names.has(word.text)) {
        tell('trap.no-named-location', word.place, `this server has no location "${word.text}"`);
      }
    }
  }
}

function* sentTo(server: SeenBlock): Generator<Word> {
  for (const block of server.within()) {
    for (const { args } of [...block.all('error_page'), ...block.all('try_files')]) {
      const last = args.at(-1);
      if (last !== undefined && /^@[\w.-]+$/.test(last.text)) yield last;
    }
  }
}

/** A rewrite sets all groups by its own regex: `$2` of one with a single group is nothing. */
function missingGroups(whole: SeenBlock, tell: Tell): void {
  for (const block of whole.within()) {
    for (const { args } of block.all('rewrite')) {
      const [regex, target] = args;
      const count = countGroups(regex?.text ?? '');
      for (const found of target?.text.matchAll(/\$\{?([1-9])/g) ?? []) {
        if (target !== undefined && Number(found[1]) > count) {
          const place = placeWithin(target, found.index, found[0].length);
          tell('trap.no-such-group', place, `the regex has no group ${found[1]}`);
        }
      }
    }
  }
}
