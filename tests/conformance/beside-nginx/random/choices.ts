/** Configurations in which nothing is to be seen but who is chosen: servers by their names, locations by paths. */

import type { Line } from '../line.ts';
import type { Chooser } from './chooser.ts';
import { phrasesOf } from './chooser.ts';

const NAMES =
  'a.test b.test www.a.test *.test *.a.test .a.test a.* www.* ~^(?<x>.+)\\.test$ ~^www\\. "" _ A.Test x.y.a.test *.y.a.test .test a.b.* 127.0.0.9 localhost'.split(
    ' ',
  );
const HOSTS =
  'a.test A.TEST www.a.test b.test x.y.a.test y.a.test a.com www.b.com a.b.c a.b test. a.test. a.test:81 127.0.0.9 localhost c.test .test none x'.split(
    ' ',
  );
const MATCHES = phrasesOf(`
  «¦= ¦^~ »«/¦/a¦/a/¦/a/b¦/a/b/¦/A¦/ab¦/a.b¦/é¦"/a b"¦/%20¦/x.txt»
  «¦= ¦^~ »«/¦/a¦/a/¦/a/b¦/a/b/»
  «~¦~*» «^/a$¦^/a/?$¦/b¦/B$¦\\.txt$¦^/(.)/(?<second>.*)$¦^/a/b/¦[A-Z]¦^/a(/.*)?$¦.»
`);
const PATHS =
  '/ /a /a/ /a/b /a/b/ /a/b/c /A /A/B /ab /a.b /axb /%61 /a%2Fb /a%20b /%20 //a /a//b /a/../a/b /./a /a/. /a/.. /a/b/.. /é /%C3%A9 /x.txt /a/x.TXT /a/b.txt /a?b /a/?b /a;b /a/b%3F /c /B /b'.split(
    ' ',
  );

export function chosenByName(choose: Chooser): { lines: Line[]; requests: string[] } {
  const used = new Set<string>();
  const servers = choose.many(2, 6, (): Line => {
    const names = choose
      .many(0, 3, () => choose.of(NAMES))
      .filter((name) => {
        // nginx drops `.a.test` as a whole where another server has `a.test` or `*.a.test`: the name that only one of them has is lost, and Portico keeps it.
        const key = name.replace(/^\*?\./, '').toLowerCase();
        return !used.has(key) && used.add(key);
      });
    const port = choose.of(['%A%:%P%', '%A%:%P%', '%A%:%P2%']);
    return {
      text: 'server',
      inside: [
        { text: `listen ${port}` },
        ...(names.length === 0 ? [] : [{ text: `server_name ${names.join(' ')}` }]),
        { text: `return 200 "${used.size} $server_name $host $x ${port.replaceAll('%', '')}"` },
      ],
    };
  });
  // Each of the two ports needs somebody who listens, or a request to it says nothing.
  const always = ['%A%:%P%', '%A%:%P2%'].map(
    (port): Line => ({
      text: 'server',
      inside: [{ text: `listen ${port}` }, { text: 'server_name always ~^(?<x>nothing)$' }],
    }),
  );
  const requests = choose.many(15, 25, () => {
    const host = choose.of(HOSTS);
    const at = choose.chance(0.2) ? '@2 ' : '';
    return choose.chance(0.1) ? `${at}GET http://${host}/x | Host: b.test` : `${at}GET /x | Host: ${host}`;
  });
  return { lines: [...servers, ...always], requests };
}

export function chosenByPath(choose: Chooser): { lines: Line[]; requests: string[] } {
  const make = (depth: number): Line[] => {
    const used = new Set<string>();
    return choose
      .many(1, 6, (): Line => {
        const match = choose.phrase(MATCHES);
        const nested =
          depth < 2 && !match.startsWith('=') && choose.chance(0.25)
            ? make(depth + 1).filter(({ text }) => mayLieIn(match, text))
            : [];
        return {
          text: `location ${match}`,
          inside: [...nested, { text: `return 200 "${depth} ${match.replace(/[\\"$]/g, '')} $uri $1 $second"` }],
        };
      })
      .filter(({ text }) => !used.has(text) && used.add(text));
  };
  const merge = choose.chance(0.2) ? [{ text: 'merge_slashes off' }] : [];
  const names = { text: 'location ~ ^/(?<second>nothing)$', inside: [] };
  const inside = [{ text: 'listen %A%:%P%' }, { text: 'root html' }, ...merge, ...make(0), names];
  return { lines: [{ text: 'server', inside }], requests: choose.many(20, 30, () => `GET ${choose.of(PATHS)}`) };
}

/** A path lies in the one that it begins with; a regex lies in both kinds. */
function mayLieIn(outer: string, inner: string): boolean {
  const [, modifier = '', path = ''] = /^(?:([~^=*]+) )?(.*)$/.exec(inner.replace('location ', '')) ?? [];
  return modifier.startsWith('~') || (!outer.startsWith('~') && path.startsWith(outer.replace('^~ ', '')));
}
