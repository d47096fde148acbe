/** The charset that a Content-Type says. */

const CHARSET = /;[\t ]*charset[\t ]*=[\t ]*(?:"([^"]*)"|([^\t ;]*))/i;

export function charsetOf(contentType: string): string {
  const [, quoted, plain] = CHARSET.exec(contentType) ?? [];
  return quoted ?? plain ?? '';
}

/** The same type, of this charset. */
export function withCharset(contentType: string, charset: string): string {
  return `${contentType.replace(CHARSET, '')}; charset=${charset}`;
}
