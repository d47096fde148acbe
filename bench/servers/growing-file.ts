// Parts of nginx's files that may be as large as one likes.

/** Of the site that stands last, in each file. */
export const HOST_ASKED = 'asked.example';
/** Ten locations, with the two that every site has. */
const PREFIXES = 8;

export function sitesOf(count: number, files: string, lines: readonly string[] = []): string[][] {
  return Array.from({ length: count }, (_, index) => {
    const name = index === count - 1 ? HOST_ASKED : `site${index}.example`;
    const prefixes = Array.from(
      { length: PREFIXES },
      (_unused, prefix) => `location /p${prefix}/ { expires 1h; add_header X-Location ${prefix}; }`,
    );
    return [
      `server_name ${name} *.${name};`,
      `root ${files};`,
      ...prefixes,
      'location ~* \\.(?:php|cgi)$ { return 403; }',
      // What is asked for while the server starts is the folder.
      `location / { try_files $uri @ready; ${lines.join(' ')} }`,
      'location @ready { return 200 "ok"; }',
    ];
  });
}

export function mapOf(count: number): string[] {
  return [
    'map_hash_max_size 65536;',
    'map_hash_bucket_size 128;',
    'map $uri $mapped {',
    '    default none;',
    ...Array.from({ length: count }, (_, index) => `    /old/page/${index} /new/page/${index * 7};`),
    '}',
  ];
}

export function geoOf(count: number): string[] {
  return [
    'geo $country {',
    '    default none;',
    ...Array.from({ length: count }, (_, index) => `    ${networkOf(index)} C${index % 200};`),
    '}',
  ];
}

/** Nobody who asks is among them. */
export function deniedNetworks(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `deny ${networkOf(index)};`);
}

/** Spread over all addresses from 1.0.0.0 to 126.255.255.0: a list in order would flatter a table. */
function networkOf(index: number): string {
  const mixed = Math.imul(index + 1, 2_654_435_761) >>> 0;
  return `${1 + ((mixed >>> 24) % 126)}.${(mixed >>> 16) & 255}.${(mixed >>> 8) & 255}.0/24`;
}
