/** Text as the bytes of its UTF-8: a character is a byte, which is the form of paths, fields and pages. */
export function toLatin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
