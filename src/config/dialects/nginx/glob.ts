/** Paths that fit a pattern, as glob(3) finds them for `include`: `*`, `?` and `[…]` within one name, sorted by their bytes. */

/** The names in a folder; undefined if it cannot be read. */
export type ListFolder = (path: string) => readonly string[] | undefined;

/** Folders that one pattern may look into; more is a slip like `/**`. */
const FOLDERS_MAX = 10_000;

export function hasWildcard(pattern: string): boolean {
  return /[*?[]/.test(pattern);
}

/** `pattern` is absolute. Folders and files alike; what cannot be listed has nothing. */
export function findPaths(pattern: string, listFolder: ListFolder): readonly string[] {
  let folders: readonly string[] = [''];
  let looks = 0;
  for (const part of pattern.split('/').slice(1)) {
    if (!hasWildcard(part)) {
      folders = folders.map((folder) => `${folder}/${part.replaceAll(/\\(.)/g, '$1')}`);
      continue;
    }
    const pieces = compile(part);
    folders = folders.flatMap((folder) => {
      looks += 1;
      const names = looks > FOLDERS_MAX ? [] : (listFolder(folder === '' ? '/' : folder) ?? []);
      // As in a shell, a pattern says a leading dot or does not mean such names.
      return names
        .filter((name) => (part.startsWith('.') || !name.startsWith('.')) && matches(pieces, Array.from(name)))
        .map((name) => `${folder}/${name}`);
    });
  }
  return folders.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/** One character of a name, or a star. */
type Piece = 'star' | ((character: string) => boolean);

/** Goes back to the last star only, so that no pattern takes longer than its length times the name's. */
function matches(pieces: readonly Piece[], name: readonly string[]): boolean {
  let at = 0;
  let piece = 0;
  let starAt = -1;
  let tried = 0;
  while (at < name.length) {
    const current = pieces[piece];
    if (current === 'star') {
      starAt = piece;
      tried = at;
      piece += 1;
    } else if (current?.(name[at] ?? '') === true) {
      at += 1;
      piece += 1;
    } else if (starAt >= 0) {
      tried += 1;
      at = tried;
      piece = starAt + 1;
    } else {
      return false;
    }
  }
  return pieces.slice(piece).every((rest) => rest === 'star');
}

function compile(part: string): readonly Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < part.length; at += 1) {
    const ch = part[at] ?? '';
    const bracket = ch === '[' ? /^\[([!^]?)(\]?[^\]]*)\]/.exec(part.slice(at)) : null;
    if (bracket !== null) {
      const [whole, negation, members = ''] = bracket;
      pieces.push(oneOf(members, negation !== ''));
      at += whole.length - 1;
    } else if (ch === '*') {
      pieces.push('star');
    } else if (ch === '?') {
      pieces.push(() => true);
    } else {
      const isEscape = ch === '\\' && at + 1 < part.length;
      at += isEscape ? 1 : 0;
      const literal = part[at] ?? '';
      pieces.push((character) => character === literal);
    }
  }
  return pieces;
}

/** `a-z_`: ranges and characters; one that is the wrong way round holds nothing. */
function oneOf(members: string, isNegated: boolean): Piece {
  const ranges = [...members.matchAll(/(.)-(.)|(.)/gsu)].map(([, from, to, one]) => [from ?? one, to ?? one]);
  return (character) => ranges.some(([from = '', to = '']) => from <= character && character <= to) !== isNegated;
}
