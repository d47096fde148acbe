/** README.md as PyPI and npm show it, where there are no files of the repository that a link could lead to. */

/** What only makes sense beside the sources stands between these lines. */
const OF_THE_SOURCES = /<!-- only in the repository -->\n.*?<!-- to here -->\n/gs;
const LINK_TO_A_FILE = /\[([^\]]+)\]\((?!https?:)[^)]+\)/g;

export function packagedReadme(readme: string): string {
  return readme.replaceAll(OF_THE_SOURCES, '').replaceAll(LINK_TO_A_FILE, '$1');
}
