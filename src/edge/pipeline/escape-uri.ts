/** Escapes of RFC 3986 2.1 as nginx writes them. All text is latin-1: a character is a byte. */

/** What no path of a URI may hold as it is. */
const NOT_IN_PATH = /[\0-\x20"#%<>?\\^`{|}\x7f-\xff]/g;
/** What would end an argument, or begin another one. */
const NOT_IN_ARGUMENT = /[\0-\x20"#%&+;<>?\\^`{|}\x7f-\xff]/g;

export function escapePath(path: string): string {
  return path.replace(NOT_IN_PATH, percentOf);
}

export function escapeArgument(text: string): string {
  return text.replace(NOT_IN_ARGUMENT, percentOf);
}

function percentOf(byte: string): string {
  return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

const ESCAPED = /%([0-9A-Fa-f]{2})/g;

/**
 * Takes those escapes out of the path of a redirect that need not be there: printable characters beyond the percent sign. A question mark that was escaped ends what is looked at,
 * because nginx takes what follows for arguments.
 */
export function unescapeRedirect(location: string): string {
  const end = /\?|%3f/i.exec(location)?.index ?? location.length;
  const path = location.slice(0, end).replace(ESCAPED, (whole, digits: string) => {
    const code = Number.parseInt(digits, 16);
    return code > 0x25 && code < 0x7f ? String.fromCharCode(code) : whole;
  });
  const rest = location.slice(end);
  return path + (rest.startsWith('%') ? `?${rest.slice(3)}` : rest);
}
