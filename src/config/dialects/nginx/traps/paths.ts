/** Traps of roots, aliases and names of files: how clients come by files that were not meant for them. */

import { placeWithin } from '../token.ts';
import type { SeenBlock } from './seen-block.ts';
import { isRegex, locationOf, nameOf, passesOn, servesFiles } from './seen-block.ts';
import type { Tell, TrapRule } from './trap.ts';

export const PATH_TRAPS: readonly TrapRule[] = [
  aliasTraversal,
  capturedAlias,
  rootTooWide,
  rootInLocation,
  openFolders,
  hiddenFiles,
  sourcesServed,
  tryFilesForms,
  mediaTypes,
];

/** A regex that takes the rest of the path into a group without a slash before it: `^/i(.*)`. */
const TAKES_REST = /[^/(\\]\((?:\?:|\?<\w+>)?(?:\.[*+]|\[\^[^\]]*\][*+])/;

/** `/i../x` begins with `/i`, and what is put behind the alias is `../x`. */
function aliasTraversal(whole: SeenBlock, tell: Tell): void {
  for (const block of whole.within('location')) {
    const location = locationOf(block);
    const word = block.all('alias')[0]?.args[0];
    if (location === undefined || word === undefined || location.modifier === '=' || isRegex(location)) {
      continue;
    }
    if (!location.text.endsWith('/') && word.text.endsWith('/')) {
      const message = `the alias of location "${location.text}" ends with a slash and the location does not: "${location.text}../x" leads to "${word.text}../x"`;
      tell('trap.alias-traversal', word.place, message);
    }
  }
}

function capturedAlias(whole: SeenBlock, tell: Tell): void {
  for (const block of whole.within('location')) {
    const location = locationOf(block);
    const word = block.all('alias')[0]?.args[0];
    const isCaptured = word !== undefined && /\/\$(?:\d|\{?\w+)\}?/.test(word.text);
    if (location !== undefined && isRegex(location) && isCaptured && TAKES_REST.test(location.text)) {
      const message = `the group of "${location.text}" begins without a slash, so that it may be "../x", which stands behind "${word.text.split('$')[0]}"`;
      tell('trap.alias-traversal', word.place, message);
    }
  }
}

const WIDE = new Set([
  '/',
  '/etc',
  '/home',
  '/root',
  '/var',
  '/usr',
  '/opt',
  '/srv',
  '/proc',
  '/sys',
  '/tmp',
  '/var/log',
]);

function rootTooWide(whole: SeenBlock, tell: Tell): void {
  for (const block of whole.within()) {
    for (const { name, args } of [...block.all('root'), ...block.all('alias')]) {
      const [word] = args;
      if (word !== undefined && WIDE.has(word.text.replace(/(.)\/+$/, '$1'))) {
        tell('trap.root-too-wide', word.place, `"${name.text} ${word.text}" hands out a folder of the system`);
      }
    }
  }
}

/** A root in `location /` alone: the other locations have nginx's own. */
function rootInLocation(whole: SeenBlock, tell: Tell): void {
  for (const server of whole.within('server')) {
    if (server.sayer('root') !== undefined) {
      continue;
    }
    const others = server.blocks.filter((block) => block.kind === 'location');
    const main = others.find((block) => locationOf(block)?.text === '/' && block.says('root'));
    const rootless = others.find(
      (block) =>
        block !== main && servesFiles(block) && !block.says('root', 'alias', 'try_files', 'rewrite', 'if', 'deny'),
    );
    const [root] = main?.all('root') ?? [];
    if (root !== undefined && rootless !== undefined) {
      const message = `the root is said in location / alone, and ${nameOf(rootless)} takes its files from the folder "html"`;
      tell('trap.root-in-location', root.name.place, message);
    }
  }
}

function openFolders(whole: SeenBlock, tell: Tell): void {
  for (const block of whole.within('http', 'server', 'location')) {
    const [said] = block.all('autoindex');
    const text = locationOf(block)?.text;
    if (said?.args[0]?.text === 'on' && (text === undefined || text === '/')) {
      tell('trap.autoindex-everywhere', said.name.place, `every folder of ${nameOf(block)} without an index is listed`);
    }
  }
}

/** Of a location or a rule that keeps names with a dot in front to itself. */
const ABOUT_DOTS = /\/\\?\.(?!\*)|\\\.(?:git|env|ht|svn|hg)|\.(?:git|env)\b|\(\^?\|?\/\)?\\?\./;

function hiddenFiles(whole: SeenBlock, tell: Tell): void {
  for (const server of whole.within('server')) {
    const answering = server.blocks.find((block) => locationOf(block)?.text === '/') ?? server;
    const [root] = answering.inherited('root');
    const guards = server
      .within('location', 'server-if', 'location-if')
      .filter((block) => ABOUT_DOTS.test(block.opener?.args.map(({ text }) => text).join(' ') ?? ''));
    const looksForFiles = answering.says('try_files') || (servesFiles(answering) && !answering.says('deny'));
    if (root !== undefined && guards.length === 0 && looksForFiles) {
      const message = `names with a dot in front are served from "${root.args[0]?.text ?? ''}": .git, .env, .htpasswd`;
      tell('trap.dotfiles', root.name.place, message, 'info');
    }
  }
}

/** The last part of a path whose folder is made for clients. */
const PUBLIC =
  /(^|[-_.])(public|public_html|www|html|htdocs|static|staticfiles|assets|dist|build|out|media|uploads|web|webroot|docroot|wwwroot|site|_site|errors?|letsencrypt|certbot|acme|empty|null)$/i;

/** A project's folder is the root, and its application is asked only for what is not in there. */
function sourcesServed(whole: SeenBlock, tell: Tell): void {
  for (const block of whole.within('server', 'location')) {
    const [said] = block.all('try_files');
    const [root] = block.inherited('root');
    const folder = root?.args[0]?.text.replace(/\/+$/, '') ?? '';
    const isFolder = folder.includes('/') && !PUBLIC.test(folder.slice(folder.lastIndexOf('/') + 1));
    const looks = said?.args.slice(0, -1).some(({ text }) => text === '$uri' || text === '$request_uri') ?? false;
    const path = locationOf(block)?.text ?? '/';
    if (said !== undefined && looks && isFolder && path === '/' && leadsToApplication(block, said.args.at(-1)?.text)) {
      const message = `every file below "${folder}" is served before the application is asked`;
      tell('trap.sources-served', said.name.place, message);
    }
  }
}

function leadsToApplication(block: SeenBlock, last = ''): boolean {
  const server = block.around('server');
  return (server?.within('location') ?? []).some((each) => locationOf(each)?.text === last && passesOn(each));
}

function tryFilesForms(whole: SeenBlock, tell: Tell): void {
  for (const block of whole.within('server', 'location')) {
    const word = block.all('try_files')[0]?.args.at(-1);
    const isOwnUri = word !== undefined && /^\$\{?(document_)?uri\}?(\/|\/?\?.*)?$/.test(word.text);
    if (word === undefined || (/^[/@=$]/.test(word.text) && !isOwnUri)) {
      continue;
    }
    const message = isOwnUri
      ? `the last argument of "try_files" is where the request is sent: "${word.text}" leads here again`
      : /^\d{3}$/.test(word.text)
        ? `the last argument of "try_files" is a path: "${word.text}" leads to a location, and is no status`
        : `the last argument of "try_files" is a path that begins with a slash, a name with @, or =status: "${word.text}" leads nowhere`;
    tell('trap.try-files-end', word.place, message);
  }
}

function mediaTypes(whole: SeenBlock, tell: Tell): void {
  for (const http of whole.within('http')) {
    const blocks = http.within('http', 'server', 'location');
    const serves = blocks.some((block) => block.says('root', 'alias', 'try_files'));
    if (http.opener !== undefined && serves && !blocks.some((block) => block.says('types'))) {
      const message = 'there is no "types": style sheets, scripts and images but GIF and JPEG are sent as text/plain';
      tell('trap.no-media-types', placeWithin(http.opener.name, 0, 'http'.length), message);
    }
  }
}
