/** A configuration as lines that can be taken away one by one: a directive, or a block with what is inside. */

export interface Line {
  readonly text: string;
  readonly inside?: readonly Line[];
}

export function renderLines(lines: readonly Line[], indent = ''): string {
  return lines
    .map(({ text, inside }) =>
      inside === undefined
        ? `${indent}${text};`
        : `${indent}${text} {\n${renderLines(inside, `${indent}  `)}\n${indent}}`,
    )
    .join('\n');
}

/** Without these nothing answers, or nobody knows what. */
function isNeeded({ text }: Line): boolean {
  return text === 'server' || text.startsWith('listen ');
}

/** All that are smaller by one: without a line, or with what is inside of a block in the place of the block. */
export function smallerLines(lines: readonly Line[]): Line[][] {
  return lines.flatMap((line, index) => {
    const [before, after] = [lines.slice(0, index), lines.slice(index + 1)];
    const inside = line.inside ?? [];
    return [
      ...(isNeeded(line) ? [] : [[...before, ...after]]),
      ...smallerLines(inside).map((less) => [...before, { text: line.text, inside: less }, ...after]),
      ...(inside.length > 0 && !/^(server|map)/.test(line.text) ? [[...before, ...inside, ...after]] : []),
    ];
  });
}
