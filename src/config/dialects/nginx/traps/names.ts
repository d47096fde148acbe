/** Traps of addresses and names: which server answers. */

import type { Word } from '../token.ts';
import type { Directive } from '../tree.ts';
import type { SeenBlock } from './seen-block.ts';
import type { Tell, TrapRule } from './trap.ts';

export const NAME_TRAPS: readonly TrapRule[] = [
  repeatedNames,
  noDefaultServer,
  formsOfNames,
  certificateMissing,
  keyMissing,
  oldProtocols,
  weakCiphers,
  sslSwitch,
  plainPort,
];

const PORT = '80';

/** `80` and `*:80` are one address. */
function addressOf(text: string): string {
  if (text.startsWith('unix:')) return text;
  const [, host = '', port = PORT] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(text) ?? [];
  const [name, number] = /^\d+$/.test(host) ? ['*', host] : [host, port];
  return `${name === '0.0.0.0' ? '*' : name}:${number}`;
}

function addressesOf(server: SeenBlock): readonly string[] {
  const listens = server.all('listen');
  return listens.length === 0 ? [`*:${PORT}`] : listens.map(({ args }) => addressOf(args[0]?.text ?? ''));
}

function namesOf(server: SeenBlock): readonly Word[] {
  return server.all('server_name').flatMap(({ args }) => args);
}

/** The second of two servers with one name at one address is asked for nothing. */
function repeatedNames(whole: SeenBlock, tell: Tell): void {
  const seen = new Map<string, Word>();
  for (const server of whole.within('server')) {
    for (const address of addressesOf(server)) {
      for (const word of namesOf(server)) {
        const key = `${word.text.toLowerCase()} ${address}`;
        const before = seen.get(key);
        if (before !== undefined && before !== word) {
          const where = before.place.kind === 'file' ? ` of line ${before.line}` : '';
          const message = `the server${where} has the name "${word.text}" on ${address} already: it is ignored here`;
          tell('trap.repeated-name', word.place, message);
        }
        seen.set(key, before ?? word);
      }
    }
  }
}

/** The first server of an address answers for every name that nobody has thought of. */
function noDefaultServer(whole: SeenBlock, tell: Tell): void {
  const byAddress = new Map<string, SeenBlock[]>();
  for (const server of whole.kind === 'main' ? whole.within('server') : []) {
    for (const address of addressesOf(server)) {
      const servers = byAddress.get(address) ?? [];
      servers.push(server);
      byAddress.set(address, servers);
    }
  }
  const told = new Set<SeenBlock>();
  for (const [address, servers] of byAddress) {
    const [first] = servers;
    const opener = first?.opener;
    if (
      first === undefined ||
      opener === undefined ||
      servers.some((each) => isCatchAll(each, address)) ||
      told.has(first)
    ) {
      continue;
    }
    told.add(first);
    const name = namesOf(first)[0]?.text ?? '';
    tell(
      'trap.no-default-server',
      opener.name.place,
      `"${name}" answers on ${address} for every name that no server has`,
    );
  }
}

function isCatchAll(server: SeenBlock, address: string): boolean {
  const isDefault = server
    .all('listen')
    .some(({ args }) => addressOf(args[0]?.text ?? '') === address && args.some(({ text }) => /^default/.test(text)));
  return isDefault || namesOf(server).every(({ text }) => text === '_' || text === '');
}

function formsOfNames(whole: SeenBlock, tell: Tell): void {
  for (const server of whole.within('server')) {
    for (const word of namesOf(server)) {
      const fault = word.text.startsWith('~') ? undefined : faultOfName(word.text);
      if (fault !== undefined) {
        tell('trap.server-name-form', word.place, `no host is called "${word.text}": ${fault}`);
      }
    }
  }
}

function faultOfName(name: string): string | undefined {
  if (name.includes('://')) return 'a name has no scheme';
  if (name.includes('/')) return 'a name has no path';
  if (name.includes(',')) return 'names are separated by spaces';
  if (/^[^[]*:\d+$/.test(name)) return 'a port belongs to "listen"';
  return /\*/.test(name.slice(1, -1)) ? 'a star stands at one end, behind or before a dot' : undefined;
}

function speaksTls(server: SeenBlock): Directive | undefined {
  return server.all('listen').find(({ args }) => args.some(({ text }) => text === 'ssl' || text === 'quic'));
}

function certificateMissing(whole: SeenBlock, tell: Tell): void {
  for (const server of whole.within('server')) {
    const listen = speaksTls(server) ?? server.all('ssl').find(({ args }) => args[0]?.text === 'on');
    const rejects = server.setting('ssl_reject_handshake') === 'on';
    if (listen !== undefined && server.inherited('ssl_certificate').length === 0 && !rejects) {
      tell('trap.no-certificate', listen.name.place, 'no "ssl_certificate" is said for a server that speaks TLS');
    }
  }
}

function keyMissing(whole: SeenBlock, tell: Tell): void {
  for (const block of whole.within('http', 'server')) {
    const [certificate] = block.all('ssl_certificate');
    if (
      certificate !== undefined &&
      block.inherited('ssl_certificate_key').length < block.all('ssl_certificate').length
    ) {
      tell('trap.no-certificate', certificate.name.place, 'no "ssl_certificate_key" goes with this certificate');
    }
  }
}

const OLD = new Set(['SSLv2', 'SSLv3', 'TLSv1', 'TLSv1.1']);

function oldProtocols(whole: SeenBlock, tell: Tell): void {
  for (const block of whole.within('http', 'server', 'location')) {
    for (const name of ['ssl_protocols', 'proxy_ssl_protocols', 'uwsgi_ssl_protocols', 'grpc_ssl_protocols']) {
      for (const word of block.all(name).flatMap(({ args }) => args)) {
        if (OLD.has(word.text)) {
          tell('trap.old-protocol', word.place, `${word.text} is broken, and no browser has asked for it since 2020`);
        }
      }
    }
  }
}

const WEAK = /(?:^|:)[^!:-]*(?:RC4|\bDES\b|3DES|MD5|aNULL|eNULL|NULL|EXP(?:ORT)?|LOW|ADH|AECDH)\b/;

function weakCiphers(whole: SeenBlock, tell: Tell): void {
  for (const block of whole.within('http', 'server')) {
    const word = block.all('ssl_ciphers')[0]?.args[0];
    const weak = WEAK.exec(word?.text ?? '');
    if (word !== undefined && weak !== null) {
      tell('trap.weak-ciphers', word.place, `"${weak[0].replace(/^:/, '')}" lets connections be read or changed`);
    }
  }
}

function sslSwitch(whole: SeenBlock, tell: Tell): void {
  for (const block of whole.within('http', 'server')) {
    const [said] = block.all('ssl');
    if (said?.args[0]?.text === 'on') {
      tell('trap.ssl-switch', said.name.place, '"ssl on" makes every address of the server speak TLS, port 80 too');
    }
  }
}

function plainPort(whole: SeenBlock, tell: Tell): void {
  for (const server of whole.within('server')) {
    const plain = server
      .all('listen')
      .find(({ args }) => /(^|:)443$/.test(args[0]?.text ?? '') && !args.some(({ text }) => /^(ssl|quic)$/.test(text)));
    const isPlain = server.setting('ssl') !== 'on';
    if (plain !== undefined && isPlain) {
      tell('trap.plain-port', plain.name.place, 'nothing says "ssl" here: the port of HTTPS speaks plain HTTP');
    }
  }
}
