/** Traps of what is passed on, and of the server as a whole. */

import { parseNetwork } from '../../../../kernel/addresses/parse-network.ts';
import type { Word } from '../token.ts';
import { placeWithin } from '../token.ts';
import type { SeenBlock } from './seen-block.ts';
import { isRegex, locationOf } from './seen-block.ts';
import type { Tell, TrapRule } from './trap.ts';

export const PROXY_TRAPS: readonly TrapRule[] = [uriOfPass, openProxies, resolverOutside, errorLogOff, runsAsRoot];

interface SeenPass {
  readonly block: SeenBlock;
  readonly word: Word;
  readonly hasVariables: boolean;
  /** What stands behind the host; undefined: nothing, not even a slash. */
  readonly path: string | undefined;
}

function* passesIn(whole: SeenBlock): Generator<SeenPass> {
  for (const block of whole.within('location', 'location-if', 'limit_except')) {
    const word = block.all('proxy_pass')[0]?.args[0];
    const rest = /^https?:\/\/(?:unix:[^:]*:?|[^/]*)(\/.*)?$/.exec(word?.text ?? '');
    if (word !== undefined) {
      yield { block, word, hasVariables: word.text.includes('$'), path: rest?.[1] };
    }
  }
}

/** The path of the location is taken off and that of the upstream put in its place, letter by letter. */
function uriOfPass(whole: SeenBlock, tell: Tell): void {
  for (const { block, word, hasVariables, path } of passesIn(whole)) {
    const location = locationOf(block);
    const isPrefix = location !== undefined && !isRegex(location) && location.modifier !== '=';
    if (!isPrefix || hasVariables || path === undefined || location.text === path) {
      continue;
    }
    const { text } = location;
    const isRemovedWhole = text.endsWith('/');
    if (!isRemovedWhole && path.endsWith('/')) {
      const message = `"${text}../x" is asked of the upstream as "${path}../x", and "${text}/x" as "${path}/x"`;
      tell('trap.proxy-traversal', word.place, message);
    } else if (isRemovedWhole && !path.endsWith('/') && !path.includes('?')) {
      tell('trap.proxy-slash', word.place, `"${text}x" is asked of the upstream as "${path}x"`);
    }
  }
}

const CLIENTS = /^https?:\/\/(\$\{?(host|http_\w+|arg_\w+|cookie_\w+|[1-9])\b\}?)/;

function openProxies(whole: SeenBlock, tell: Tell): void {
  for (const { word } of passesIn(whole)) {
    const found = CLIENTS.exec(word.text)?.[1];
    if (found !== undefined) {
      const place = placeWithin(word, word.text.indexOf(found), found.length);
      tell('trap.open-proxy', place, `the client says in ${found} which machine is asked`);
    }
  }
}

const OWN_NETWORKS = [
  ...['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', '100.64.0.0/10'],
  ...['::1/128', 'fc00::/7', 'fe80::/10'],
].flatMap((text) => parseNetwork(text) ?? []);

function resolverOutside(whole: SeenBlock, tell: Tell): void {
  for (const block of whole.within()) {
    for (const word of block.all('resolver').flatMap(({ args }) => args)) {
      const address = parseNetwork(word.text.replace(/^\[|\](:\d+)?$/g, '').replace(/^([\d.]+):\d+$/, '$1'));
      const isOwn = OWN_NETWORKS.some(
        ({ family, first, last }) =>
          address !== undefined && family === address.family && first <= address.first && address.last <= last,
      );
      if (address !== undefined && !isOwn) {
        tell('trap.resolver-outside', word.place, `names are looked up at ${word.text}, over the network of others`);
      }
    }
  }
}

function errorLogOff(whole: SeenBlock, tell: Tell): void {
  for (const block of whole.within()) {
    const word = block.all('error_log')[0]?.args[0];
    if (word?.text === 'off') {
      tell('trap.error-log-off', word.place, '"off" is the name of a file, into which the log is written');
    }
  }
}

function runsAsRoot(whole: SeenBlock, tell: Tell): void {
  const word = whole.kind === 'main' ? whole.all('user')[0]?.args[0] : undefined;
  if (word?.text === 'root') {
    tell('trap.user-root', word.place, 'who breaks into the server has the whole machine');
  }
}
