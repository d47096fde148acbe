/** Groups that are numbered: brackets that neither a backslash nor a class takes the meaning from. */
const GROUP = /\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?:\?(?:P?<(?![=!])|'))?(?!\?)/gs;

export function countGroups(regex: string): number {
  return [...regex.matchAll(GROUP)].filter(([text]) => text.startsWith('(')).length;
}
