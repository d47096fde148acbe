// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to escape.
const UNSAFE = /[\0-\x1f"\\\x7f]/g;

/** What an application or a cache has said, as it may stand between quotation marks in a log: a line of its own or the end of the quotation cannot be feigned. Bytes of UTF-8 stay. */
export function escapeOutput(text: string): string {
  return text.replace(
    UNSAFE,
    (character) => `\\x${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
