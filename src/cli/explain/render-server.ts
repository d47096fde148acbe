/** What a server does, as a text that is read from above to below. */

import type { DescribedLocation, DescribedServer, DescribedSite } from './describe-server.ts';
import type { DescribedStream } from './describe-streams.ts';

export function renderServer({ sites, streams, applications }: DescribedServer): string {
  if (sites.length === 0 && streams.length === 0) {
    return 'There is no site in this file.\n';
  }
  const apps = applications.map(
    ({ name, target, workers }) =>
      `Application ${name}${target === '' ? '' : `: ${target}`}, ${workers === 0 ? 'with as many workers as fit the machine' : `with ${workers} worker${workers === 1 ? '' : 's'}`}.\n`,
  );
  return [...sites.map(renderSite), ...streams.map(renderStream), ...apps].join('\n');
}

function renderStream({ addresses, rules, answer }: DescribedStream, index: number): string {
  const lines = [
    `Stream ${index + 1}`,
    `  takes connections at ${addresses.length === 0 ? 'no address' : addresses.join(', ')}`,
    ...rules.map((rule) => `  ${rule}`),
    `  ${answer}`,
  ];
  return `${lines.join('\n')}\n`;
}

function renderSite(site: DescribedSite, index: number): string {
  const { name, addresses, names, fallbackAt, tls, first, rules, locations, otherwise } = site;
  const lines = [
    `Site ${index + 1}${name === '' ? '' : `: ${name}`}`,
    `  answers at ${addresses.length === 0 ? 'no address' : addresses.join(', ')}`,
    `  for ${names.length === 0 ? 'no name of its own' : names.join(', ')}`,
    ...(fallbackAt.length === 0 ? [] : [`  and for every name that no other site has, at ${fallbackAt.join(', ')}`]),
    ...tls.map((line) => `  ${line}`),
    ...(first.length === 0 ? [] : ['  First of all:', ...first.map((line) => `    ${line}`)]),
    ...(rules.length === 0 ? [] : ['  Everywhere:', ...rules.map((line) => `    ${line}`)]),
  ];
  const inside =
    locations.length === 0
      ? [`  Every path: ${otherwise}`]
      : ['  Locations, in the order in which they win:', ...renderLocations(locations, rules, '    ')];
  const isCovered = locations.some(({ location }) => location === '/' || location === '^~ /');
  const end = locations.length === 0 || isCovered ? [] : [`    anything else`, `      ${otherwise}`];
  return `${[...lines, ...inside, ...end].join('\n')}\n`;
}

function renderLocations(
  locations: readonly DescribedLocation[],
  around: readonly string[],
  indent: string,
): readonly string[] {
  return locations.flatMap((each) => {
    const own = each.rules.filter((rule) => !around.includes(rule));
    const said = [
      ...(each.isInternal ? ['only what the server itself sends here; clients get 404'] : []),
      ...each.first,
      ...own,
      ...each.without.map((rule) => `not here: ${rule}`),
      `→ ${each.answer}`,
    ];
    return [
      `${indent}${each.location}   (${each.matches})`,
      ...said.map((line) => `${indent}  ${line}`),
      ...renderLocations(each.locations, each.rules, `${indent}  `),
    ];
  });
}
