/** Whether certificates are for the names that clients ask for their sites by. */

import type { ServerModel } from '../config/model/server-model.ts';
import type { ReadCertificate } from './certificates.ts';

/** How many names are told. */
const NAMES_TOLD_MAX = 3;
/** In the place of the star of a name: any host there has to be in the certificate. */
const ANY_LABEL = 'www';

/** By site. Regexes, names that end in a star, and names without a dot (localhost, the _ of nginx's files) stand for no host that could be looked for. */
export function namesOfSites({ listeners, sites }: Pick<ServerModel, 'listeners' | 'sites'>): string[][] {
  const names = sites.map(() => new Set<string>());
  for (const listener of listeners) {
    for (const { name, site } of listener.names) {
      if (name.kind === 'exact' && name.text.includes('.')) {
        names[site]?.add(name.text);
      } else if (name.kind === 'suffix') {
        names[site]?.add(`${ANY_LABEL}${name.text.startsWith('.') ? '' : '.'}${name.text}`);
      }
    }
  }
  return names.map((each) => [...each]);
}

/** `path`: of the certificate that is named. */
export function remarkOnNames(
  shown: readonly Pick<ReadCertificate, 'isFor'>[],
  path: string,
  names: readonly string[],
): string[] {
  const strange = names.filter((name) => !shown.some((certificate) => certificate.isFor(name)));
  if (strange.length === 0) {
    return [];
  }
  const more = strange.length - NAMES_TOLD_MAX;
  const told = `${strange.slice(0, NAMES_TOLD_MAX).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return [
    `${path}: the certificate is not for ${told}, which its site has as a name: clients that ask for that will refuse it. Have one issued for all names, or name the certificate of the site`,
  ];
}
