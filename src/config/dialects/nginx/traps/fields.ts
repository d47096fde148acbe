/** Traps of fields of requests and responses: what is lost by inheritance, and what a client puts there. */

import type { Word } from '../token.ts';
import { placeWithin } from '../token.ts';
import type { Directive } from '../tree.ts';
import { parseText } from '../variables-in-text.ts';
import type { SeenBlock } from './seen-block.ts';
import { isRegex, locationOf, nameOf } from './seen-block.ts';
import type { Tell, TrapRule } from './trap.ts';

export const FIELD_TRAPS: readonly TrapRule[] = [
  lostFields,
  lostProxyFields,
  hostOfClient,
  splitResponses,
  splitByCaptures,
  anyOrigin,
  versionShown,
];

function lostFields(whole: SeenBlock, tell: Tell): void {
  tellLost(whole, 'add_header', 'trap.add-header-lost', tell);
}

function lostProxyFields(whole: SeenBlock, tell: Tell): void {
  for (const name of ['proxy_set_header', 'uwsgi_param', 'fastcgi_param']) {
    tellLost(whole, name, 'trap.proxy-field-lost', tell);
  }
}

function tellLost(
  whole: SeenBlock,
  name: string,
  code: 'trap.add-header-lost' | 'trap.proxy-field-lost',
  tell: Tell,
): void {
  for (const block of whole.within()) {
    const [own, outer] = [block.all(name), block.parent?.sayer(name)];
    const [first] = own;
    if (first === undefined || outer === undefined) {
      continue;
    }
    const said = new Set(own.map(fieldOf));
    const lost = [...new Set(outer.all(name).map((each) => each.args[0]?.text ?? ''))].filter(
      (field) => !said.has(field.toLowerCase()),
    );
    if (lost.length > 0) {
      const message = `"${name}" in ${nameOf(block)} takes the place of those of ${nameOf(outer)}: ${list(lost)} ${lost.length === 1 ? 'is' : 'are'} not sent here`;
      tell(code, first.name.place, message);
    }
  }
}

function fieldOf({ args }: Directive): string {
  return (args[0]?.text ?? '').toLowerCase();
}

const NAMES_MAX = 4;

function list(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_MAX).join(', ');
  return names.length > NAMES_MAX ? `${shown} and ${names.length - NAMES_MAX} more` : shown;
}

/** The texts of directives that hold variables, with the word of each. */
function* wordsOf(block: SeenBlock, ...names: readonly string[]): Generator<readonly [Directive, Word]> {
  for (const directive of names.flatMap((name) => block.all(name))) {
    for (const word of directive.args) {
      yield [directive, word];
    }
  }
}

const REDIRECTS = ['return', 'rewrite', 'error_page'];

function hostOfClient(whole: SeenBlock, tell: Tell): void {
  const names = ['proxy_set_header', 'uwsgi_param', 'fastcgi_param', 'proxy_redirect', 'add_header', ...REDIRECTS];
  for (const block of whole.within()) {
    for (const [directive, word] of wordsOf(block, ...names)) {
      for (const { name, offset, length } of parseText(word.text).variables) {
        const place = placeWithin(word, offset, length);
        if (name === 'http_host') {
          const message = `"${directive.name.text}" takes $http_host, which is whatever the client has written`;
          tell('trap.host-spoofing', place, message);
        } else if (name === 'host' && REDIRECTS.includes(directive.name.text) && isForAnyName(block)) {
          const message = `this server answers for every name, and "${directive.name.text}" sends clients to the one that the request says`;
          tell('trap.host-redirect', place, message);
        }
      }
    }
  }
}

/** Requests for names that nobody has thought of come here. */
function isForAnyName(block: SeenBlock): boolean {
  const server = block.around('server');
  if (server === undefined) {
    return false;
  }
  const isDefault = server.all('listen').some(({ args }) => args.some(({ text }) => /^default(_server)?$/.test(text)));
  const names = server.all('server_name').flatMap(({ args }) => args.map(({ text }) => text));
  return isDefault || names.every((name) => name === '_' || name === '');
}

const DECODED = new Set(['uri', 'document_uri']);

/** $uri is decoded: a line feed that was %0a is one again. */
function splitResponses(whole: SeenBlock, tell: Tell): void {
  for (const block of whole.within()) {
    for (const [directive, word] of wordsOf(
      block,
      'return',
      'rewrite',
      'add_header',
      'proxy_set_header',
      'proxy_pass',
    )) {
      const { text: name } = directive.name;
      if (name === 'rewrite' && !/^(https?:|\$scheme)/.test(directive.args[1]?.text ?? '')) {
        continue;
      }
      const found = parseText(word.text).variables.find((each) => DECODED.has(each.name));
      if (found !== undefined && !(name === 'return' && isPlainBody(directive))) {
        const isRequest = name.startsWith('proxy_');
        const message = `$${found.name} is decoded, so that "%0d%0a" in a URL ends the line in what "${name}" sends`;
        tell(
          isRequest ? 'trap.request-splitting' : 'trap.response-splitting',
          placeWithin(word, found.offset, found.length),
          message,
        );
      }
    }
  }
}

/** A text that is sent as the body has no lines to end. */
function isPlainBody({ args }: Directive): boolean {
  const status = Number(args[0]?.text);
  return args.length === 2 && !(status >= 300 && status < 400);
}

/** A class that excludes something takes a line feed in: `[^/]*`. */
const TAKES_LINE_END = /\((?:\?<\w+>)?[^()]*\[\^(?![^\]]*(?:\\[nrs]|\s))[^\]]*\]/;

function splitByCaptures(whole: SeenBlock, tell: Tell): void {
  for (const block of whole.within('location', 'location-if', 'server-if')) {
    const location = locationOf(block);
    const regex = location !== undefined && isRegex(location) ? location.text : regexOf(block);
    if (regex === undefined || !TAKES_LINE_END.test(regex)) {
      continue;
    }
    for (const [directive, word] of wordsOf(block, 'return', 'add_header')) {
      const at = /\$\{?(?:[1-9]|\w+\b)/.exec(word.text)?.index ?? -1;
      const isCapture = /\$\{?[1-9]/.test(word.text) || namesGroup(regex, word.text);
      if (at >= 0 && isCapture && !(directive.name.text === 'return' && isPlainBody(directive))) {
        const message = `a group of "${regex}" may hold the end of a line, which "${directive.name.text}" sends`;
        tell('trap.response-splitting', placeWithin(word, at, 2), message);
      }
    }
  }
}

function regexOf({ opener }: SeenBlock): string | undefined {
  const words = opener?.args.map(({ text }) => text) ?? [];
  return /^!?~\*?$/.test(words[1] ?? '') ? words[2]?.replace(/\)$/, '') : undefined;
}

function namesGroup(regex: string, text: string): boolean {
  return [...regex.matchAll(/\(\?P?<(\w+)>/g)].some(([, name = '']) => text.includes(`$${name}`));
}

function anyOrigin(whole: SeenBlock, tell: Tell): void {
  for (const block of whole.within()) {
    const own = block.all('add_header');
    const origin = own.find((each) => fieldOf(each) === 'access-control-allow-origin');
    const hasCredentials = own.some(
      (each) => fieldOf(each) === 'access-control-allow-credentials' && each.args[1]?.text === 'true',
    );
    const isAny = origin?.args[1]?.text === '$http_origin' && regexOf(block) === undefined;
    if (origin !== undefined && isAny && hasCredentials) {
      tell('trap.any-origin', origin.name.place, 'every site on the web may read answers as the user who is logged in');
    }
  }
}

function versionShown(whole: SeenBlock, tell: Tell): void {
  const said = whole.within('http', 'server', 'location').flatMap((block) => block.all('server_tokens'));
  for (const { name, args } of said) {
    if (args[0]?.text !== 'off' && args[0]?.text !== '') {
      tell(
        'trap.version-shown',
        name.place,
        'the version of the server is shown in the field Server and on error pages',
      );
    }
  }
  const [http] = whole.within('http');
  if (http?.opener !== undefined && said.length === 0) {
    const message = 'nothing says "server_tokens off": the version of the server is shown';
    tell('trap.version-shown', http.opener.name.place, message);
  }
}
