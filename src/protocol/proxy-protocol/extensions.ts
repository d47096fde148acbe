/** What version 2 tells besides addresses: a type of one byte, a length of two, a value. One of them, about TLS, has others within it, behind five bytes of its own. */

const TYPES: Readonly<Record<string, number>> = { alpn: 1, authority: 2, unique_id: 5, ssl: 0x20, netns: 0x30 };
/** Within that about TLS. */
const SSL_TYPES: Readonly<Record<string, number>> = {
  version: 0x21,
  cn: 0x22,
  cipher: 0x23,
  sig_alg: 0x24,
  key_alg: 0x25,
};

const SSL = 0x20;
const SSL_PREFIX = 'ssl_';
/** Which parts of a certificate the client has shown, and what its verification came to. */
const SSL_FIXED_BYTES = 5;
const NUMBER = /^0x([0-9a-f]+)$/i;

/** One of them. */
export type ExtensionName =
  | { readonly kind: 'value'; readonly type: number }
  | { readonly kind: 'ssl-value'; readonly type: number }
  | { readonly kind: 'ssl-verify' };

/** As nginx names them: `alpn`, `0x01`, `ssl_cn`, `ssl_0x22`, `ssl_verify`. Undefined: there is no such. */
export function parseExtensionName(name: string): ExtensionName | undefined {
  if (name === 'ssl_verify') {
    return { kind: 'ssl-verify' };
  }
  const isOfSsl = name.startsWith(SSL_PREFIX);
  const type = isOfSsl ? typeOf(name.slice(SSL_PREFIX.length), SSL_TYPES) : typeOf(name, TYPES);
  return type === undefined ? undefined : { kind: isOfSsl ? 'ssl-value' : 'value', type };
}

function typeOf(text: string, types: Readonly<Record<string, number>>): number | undefined {
  if (Object.hasOwn(types, text)) {
    return types[text];
  }
  const type = Number.parseInt(NUMBER.exec(text)?.[1] ?? '', 16);
  return type <= 0xff ? type : undefined;
}

/** The value in latin-1; undefined if it is not there, or something before it does not keep within its bounds. */
export function readExtension(extensions: string, name: ExtensionName): string | undefined {
  if (name.kind === 'value') {
    return find(extensions, name.type);
  }
  const ssl = find(extensions, SSL);
  if (ssl === undefined || ssl.length < SSL_FIXED_BYTES) {
    return undefined;
  }
  return name.kind === 'ssl-verify' ? String(wordAt(ssl, 1)) : find(ssl.slice(SSL_FIXED_BYTES), name.type);
}

function find(extensions: string, type: number): string | undefined {
  for (let at = 0; at + 3 <= extensions.length; ) {
    const length = (extensions.charCodeAt(at + 1) << 8) | extensions.charCodeAt(at + 2);
    const end = at + 3 + length;
    if (end > extensions.length) {
      return undefined;
    }
    if (extensions.charCodeAt(at) === type) {
      return extensions.slice(at + 3, end);
    }
    at = end;
  }
  return undefined;
}

function wordAt(text: string, at: number): number {
  return [0, 1, 2, 3].reduce((word, index) => word * 256 + text.charCodeAt(at + index), 0);
}
