/** What a terminal shows of what a program of curses has written for TERM=linux: as much of it as uwsgitop needs. */

const ROWS = 40;
/** A sequence of CSI, one of another kind (two or three characters), or a character. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what a terminal obeys.
const PIECE = /\x1b\[([?\d;]*)([@-~])|\x1b[()].|\x1b.|([^\x1b])/gs;

export function showScreen(written: string): string {
  const rows: string[][] = Array.from({ length: ROWS }, () => []);
  let row = 0;
  let column = 0;
  for (const [, parameters = '', final, character] of written.matchAll(PIECE)) {
    const [first = 0, second = 0] = parameters.split(';').map(Number);
    const count = first || 1;
    const line = rows[row] ?? [];
    switch (character ?? final) {
      case character:
        if (character === '\r') column = 0;
        else if (character === '\n') row += 1;
        else if (character === '\b') column -= 1;
        else if (character !== undefined && character >= ' ') {
          line[column] = character;
          column += 1;
        }
        break;
      case 'H':
        [row, column] = [count - 1, (second || 1) - 1];
        break;
      case 'G':
        column = count - 1;
        break;
      case 'd':
        row = count - 1;
        break;
      case 'C':
        column += count;
        break;
      case 'K':
        line.length = Math.min(line.length, column);
        break;
      case 'X':
        line.fill(' ', column, column + count);
        break;
      case 'J':
        for (const each of first === 2 ? rows : rows.slice(row + 1)) each.length = 0;
        if (first !== 2) line.length = Math.min(line.length, column);
        break;
      default:
        break;
    }
  }
  return rows
    .map((line) =>
      Array.from(line, (character) => character ?? ' ')
        .join('')
        .trimEnd(),
    )
    .join('\n');
}
