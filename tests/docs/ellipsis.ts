/** Texts of which some parts are left open, as `worker … was killed by …`. */

export function piecesOf(text: string): string[] {
  return text
    .split('…')
    .map((piece) => piece.trim())
    .filter(Boolean);
}

/** Whether the text has all pieces, in their order. */
export function hasPieces(text: string, pieces: readonly string[]): boolean {
  let from = 0;
  for (const piece of pieces) {
    const at = text.indexOf(piece, from);
    if (at < 0) return false;
    from = at + piece.length;
  }
  return true;
}
