/** How `echo` writes a value: as text of HTML, as a part of a URL, or as it is. */

const NOT_IN_URL = /[^A-Za-z0-9_.~!'()*,;:@&=+$/-]/g;
const ENTITIES: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' };

export type EchoEncoding = 'none' | 'url' | 'entity';

export function isEchoEncoding(text: string): text is EchoEncoding {
  return text === 'none' || text === 'url' || text === 'entity';
}

/** Text is latin-1: a character is a byte. */
export function encodeEcho(text: string, encoding: EchoEncoding): string {
  switch (encoding) {
    case 'url':
      return text.replace(NOT_IN_URL, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
    case 'entity':
      return text.replace(/[<>&"]/g, (ch) => ENTITIES[ch] ?? ch);
    default:
      return text;
  }
}
