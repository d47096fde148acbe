/** Traps of rewrites, redirects and conditions. */

import { placeWithin } from '../token.ts';
import type { Directive } from '../tree.ts';
import type { SeenBlock } from './seen-block.ts';
import { isRegex, locationOf, nameOf } from './seen-block.ts';
import type { Tell, TrapRule } from './trap.ts';

export const REWRITE_TRAPS: readonly TrapRule[] = [
  ifWithMore,
  ifForNames,
  ifForFiles,
  openRedirects,
  clientsTargets,
  redirectLoops,
  rewriteForReturn,
  errorPageLoops,
  errorPageElsewhere,
];

/** What an `if` in a location does as it reads. */
const SOUND_IN_IF = new Set([
  'return',
  'rewrite',
  'set',
  'break',
  'access_log',
  'limit_rate',
  'expires',
  'rewrite_log',
]);

/** Only the last `if` that is true decides which content, fields and limits hold; the one before it is forgotten. */
function ifWithMore(whole: SeenBlock, tell: Tell): void {
  for (const block of whole.within('location-if')) {
    const odd = block.directives.find(({ name }) => !SOUND_IN_IF.has(name.text));
    if (odd !== undefined) {
      const lost = block.parent?.says('try_files') === true ? ', and "try_files" beside it does nothing' : '';
      const message = `"${odd.name.text}" in an "if": of several that are true the last one alone counts${lost}`;
      tell('trap.if-in-location', odd.name.place, message);
    }
  }
}

function ifForNames(whole: SeenBlock, tell: Tell): void {
  for (const block of whole.within('server-if')) {
    const { opener } = block;
    const [variable, operator] = opener?.args.map(({ text }) => text) ?? [];
    if (opener !== undefined && /^\(\$(host|http_host|server_name)$/.test(variable ?? '') && operator !== undefined) {
      tell('trap.if-for-host', opener.name.place, 'every request asks for its name a second time', 'info');
    }
  }
}

function ifForFiles(whole: SeenBlock, tell: Tell): void {
  for (const block of whole.within('location-if', 'server-if')) {
    const { opener } = block;
    const words = opener?.args.map(({ text }) => text).join(' ') ?? '';
    if (opener !== undefined && /^\( ?!?-[fde] \$request_filename/.test(words)) {
      tell('trap.if-for-files', opener.name.place, `"if ${words}" does by hand what "try_files" is for`, 'info');
    }
  }
}

/** A host that what comes from the client goes on: `https://example.com$1` is `https://example.com.evil.org`. */
const HOST_THEN_VARIABLE = /^(?:https?|\$\{?scheme\}?):\/\/[\w.-]*[\w-](?::\d+)?(\$\{?(\w+)\}?)/;

function openRedirects(whole: SeenBlock, tell: Tell): void {
  for (const block of whole.within()) {
    for (const directive of [...block.all('return'), ...block.all('rewrite')]) {
      const isRewrite = directive.name.text === 'rewrite';
      const word = directive.args[isRewrite ? 1 : directive.args.length - 1];
      const found = HOST_THEN_VARIABLE.exec(word?.text ?? '');
      if (word === undefined || found === null) {
        continue;
      }
      const [, variable = '', name = ''] = found;
      const regex = isRewrite ? directive.args[0]?.text : regexAround(block);
      const isSafe = /^\d$/.test(name) ? beginsWithSlash(regex ?? '', Number(name)) : SLASHED.has(name);
      const isOurs = !/^\d$|^(arg|http|cookie)_|^(args|query_string|host)$/.test(name);
      if (!isSafe && !isOurs) {
        const message = `nothing ends the name of the host before ${variable}: a client can make it go on with ".evil.example"`;
        tell('trap.open-redirect', placeWithin(word, word.text.indexOf(variable), variable.length), message);
      }
    }
  }
}

/** These begin with a slash. */
const SLASHED = new Set(['request_uri', 'uri', 'document_uri']);

function regexAround(block: SeenBlock): string | undefined {
  const location = locationOf(block);
  return location !== undefined && isRegex(location) ? location.text : undefined;
}

/** Groups that are not counted are left out of the count. */
function beginsWithSlash(regex: string, group: number): boolean {
  const starts = [...regex.matchAll(/(?<!\\)\((?!\?[:=!>|<](?![A-Za-z]))(?:\?P?<\w+>)?/g)];
  const start = starts[group - 1];
  return start === undefined || /^\^?\\?\//.test(regex.slice(start.index + start[0].length));
}

/** The client says the whole target: `return 302 $arg_next`. */
function clientsTargets(whole: SeenBlock, tell: Tell): void {
  for (const block of whole.within()) {
    for (const directive of [...block.all('return'), ...block.all('rewrite')]) {
      const word = directive.args[directive.name.text === 'rewrite' ? 1 : directive.args.length - 1];
      const found = /^(?:(?:https?|\$scheme):\/\/)?\$\{?((?:arg|http|cookie)_\w+)/.exec(word?.text ?? '')?.[1];
      if (word !== undefined && found !== undefined && found !== 'http_host' && isRedirect(directive)) {
        tell('trap.open-redirect', word.place, `the client says in $${found} where it is sent`);
      }
    }
  }
}

function isRedirect({ name, args }: Directive): boolean {
  const status = Number(args[0]?.text);
  return name.text === 'rewrite' || args.length === 1 || (status >= 300 && status < 400);
}

const TO_HTTPS = /^https:\/\/(\$host|\$server_name|\$http_host)/;

function redirectLoops(whole: SeenBlock, tell: Tell): void {
  for (const server of whole.within('server')) {
    const [answer] = server.all('return');
    const target = answer?.args.at(-1)?.text ?? '';
    const listens = server.all('listen');
    const isTls = listens.some(({ args }) => args.some(({ text }) => text === 'ssl')) || server.setting('ssl') === 'on';
    if (answer !== undefined && isTls && TO_HTTPS.test(target) && target.endsWith('$request_uri')) {
      const message = 'this server answers requests over TLS too, and sends them to where they are';
      tell('trap.redirect-loop', answer.name.place, message);
    }
  }
}

function rewriteForReturn(whole: SeenBlock, tell: Tell): void {
  for (const block of whole.within()) {
    for (const directive of block.all('rewrite')) {
      const [regex, target, flag] = directive.args;
      const takesAll = /^\^?\/?\(\.[*+]\)\$?$|^\^$|^\.\*$/.test(regex?.text ?? '');
      const isWhole =
        /^(https?:|\$scheme)/.test(target?.text ?? '') &&
        (flag === undefined || /^(permanent|redirect)$/.test(flag.text));
      if (takesAll && isWhole) {
        const message = 'a regex is asked for every request, where all of them are redirected';
        tell('trap.rewrite-for-return', directive.name.place, message, 'info');
      }
    }
  }
}

/** The location that answers for an error answers with that error. */
function errorPageLoops(whole: SeenBlock, tell: Tell): void {
  for (const block of whole.within('http', 'server', 'location')) {
    for (const directive of block.all('error_page')) {
      const target = directive.args.at(-1);
      const statuses = directive.args.slice(0, -1).map(({ text }) => text);
      for (const server of target === undefined ? [] : serversOf(block)) {
        const page = findLocation(server, target?.text ?? '');
        const answer = page?.all('return').find(({ args }) => statuses.includes(args[0]?.text ?? ''));
        if (page !== undefined && answer !== undefined && page.setting('recursive_error_pages') === 'on') {
          const message = `${nameOf(page)} is the page for ${answer.args[0]?.text ?? ''}, and answers with it again`;
          tell('trap.error-page-loop', directive.name.place, message);
        }
      }
    }
  }
}

function serversOf(block: SeenBlock): readonly SeenBlock[] {
  const server = block.around('server');
  return server === undefined ? block.within('server') : [server];
}

/** The exact location of a path, or that of its longest prefix; regexes are left aside. */
function findLocation(server: SeenBlock, path: string): SeenBlock | undefined {
  const found = server.blocks.flatMap((block) => {
    const location = locationOf(block);
    return location === undefined || isRegex(location) || !path.startsWith(location.text) ? [] : [{ block, location }];
  });
  const exact = found.find(({ location }) => location.text === path);
  return (exact ?? found.toSorted((a, b) => b.location.text.length - a.location.text.length)[0])?.block;
}

function errorPageElsewhere(whole: SeenBlock, tell: Tell): void {
  for (const block of whole.within()) {
    for (const { args } of block.all('error_page')) {
      const target = args.at(-1);
      if (target !== undefined && /^https?:\/\//.test(target.text) && !args.some(({ text }) => text === '401')) {
        const message = 'a page with a host is redirected to: clients and crawlers get 302, and not the error';
        tell('trap.error-page-redirect', target.place, message, 'info');
      } else if (target !== undefined && !/^[/@$=]|^https?:/.test(target.text)) {
        tell(
          'trap.error-page-path',
          target.place,
          `"${target.text}" begins neither with a slash nor with @, and leads nowhere`,
        );
      }
    }
  }
}
