/** The tables of portico.toml, in the order in which a reader meets them: what the JSON Schema and the reference are made of. */

import { APP_FIELDS } from './fields/app-fields.ts';
import { CONNECTION_FIELDS } from './fields/connection-fields.ts';
import { CONTENT_FIELDS } from './fields/content-fields.ts';
import { SCOPE_FIELDS } from './fields/scope-fields.ts';
import { DEVELOPMENT_FIELDS, EDGE_FIELDS, FORWARDING_FIELDS, PROCESS_FIELDS } from './fields/server-fields.ts';
import { LOCATION_FIELDS, SITE_FIELDS } from './fields/site-fields.ts';
import { STREAM, STREAM_FIELDS, STREAM_UPSTREAM, STREAM_UPSTREAM_FIELDS } from './fields/stream-fields.ts';
import { UPSTREAM, UPSTREAM_FIELDS } from './fields/upstream-fields.ts';
import { CHARSET_MAP, GEO, MAP, SPLIT, ZONE } from './fields/variable-fields.ts';
import type { JsonSchema, Kind, Part } from './kind.ts';
import { fieldsOf, table } from './table.ts';

export interface Section {
  /** As it stands in a file: `[server]`, `[[site]]`. */
  readonly title: string;
  readonly doc: string;
  readonly fields: readonly Part[];
}

function partsOf({ parts = [] }: Pick<Kind<never>, 'parts'>): readonly Part[] {
  return parts;
}

export const SECTIONS: readonly Section[] = [
  {
    title: '[app]',
    doc: 'The application, or its module alone: `app = "mysite.wsgi"`. Several have names: `[apps.shop]`.',
    fields: fieldsOf(APP_FIELDS),
  },
  {
    title: '[[site]]',
    doc: 'A site. Without one there is a site for every name, which the application of `[app]` answers. Everything of a place (below) may stand in it.',
    fields: fieldsOf(SITE_FIELDS),
  },
  {
    title: '[site.location."/path/"]',
    doc: "Requests for a path. The key is nginx's: `/prefix/`, `= /exact`, `^~ /prefix/` (where no regex is asked), `~ regex`, `~* regex` (whatever the case), `@name`. Locations may stand in locations. Everything of a place may stand in it.",
    fields: fieldsOf(LOCATION_FIELDS),
  },
  {
    title: 'A place: what answers',
    doc: 'In a site, a location, a condition of `rules`, and in `[defaults]`, which holds for all sites. What a place does not say is as in the one around it.',
    fields: fieldsOf(CONTENT_FIELDS),
  },
  {
    title: 'A place: what holds there',
    doc: 'A table adds to the one around it, key by key; a list or a text stands in the place of the one around it; `false` turns off what is on around it.',
    fields: fieldsOf(SCOPE_FIELDS),
  },
  {
    title: '[[upstream]]',
    doc: 'Servers that share requests. A place says `proxy = "NAME"`.',
    fields: fieldsOf(UPSTREAM_FIELDS),
  },
  {
    title: '[[stream]]',
    doc: 'Connections that are passed on as they are: databases, mail, TLS that ends elsewhere. A file may have streams alone.',
    fields: fieldsOf(STREAM_FIELDS),
  },
  {
    title: '[[stream-upstream]]',
    doc: 'Servers that share connections. A stream says `proxy = "NAME"`. Variables of streams are defined by `[stream-map.VARIABLE]`, `[stream-geo.VARIABLE]` and `[stream-split.VARIABLE]`, which have what `[map]`, `[geo]` and `[split]` have for requests.',
    fields: fieldsOf(STREAM_UPSTREAM_FIELDS),
  },
  {
    title: '[zone.NAME]',
    doc: 'Memory in which requests or connections with one key are counted, for all threads together.',
    fields: partsOf(ZONE),
  },
  { title: '[map.VARIABLE]', doc: 'A variable by the text of others.', fields: partsOf(MAP) },
  { title: '[geo.VARIABLE]', doc: 'A variable by the address of the client.', fields: partsOf(GEO) },
  { title: '[split.VARIABLE]', doc: 'A variable whose values fall to parts of the requests.', fields: partsOf(SPLIT) },
  {
    title: '[[charset-map]]',
    doc: 'How the bytes of one charset are written in another.',
    fields: partsOf(CHARSET_MAP),
  },
  { title: '[server]', doc: 'The process.', fields: fieldsOf(PROCESS_FIELDS) },
  { title: '[edge]', doc: 'What speaks with clients, as a whole.', fields: fieldsOf(EDGE_FIELDS) },
  { title: '[forwarding]', doc: 'A proxy in front of this server.', fields: fieldsOf(FORWARDING_FIELDS) },
  {
    title: '[connection]',
    doc: 'Connections of clients; a site may have its own.',
    fields: fieldsOf(CONNECTION_FIELDS),
  },
  {
    title: '[development]',
    doc: 'Watch the sources, and load the application again when they change.',
    fields: fieldsOf(DEVELOPMENT_FIELDS),
  },
];

const REF_LOCATION = { $ref: '#/$defs/location' };

/** For editors. */
export function jsonSchema(): JsonSchema {
  const places = { ...properties(SCOPE_FIELDS), ...properties(CONTENT_FIELDS) };
  // Each of them once: the same keys stand in sites, locations and [defaults].
  const place = Object.fromEntries(
    Object.keys(places).map((name) => [name, { $ref: `#/$defs/place/properties/${name}` }]),
  );
  const locations = { location: { type: 'object', additionalProperties: REF_LOCATION } };
  const object = (of: object): JsonSchema => ({ type: 'object', additionalProperties: false, properties: of });
  const named = (schema: JsonSchema): JsonSchema => ({ type: 'object', additionalProperties: schema });
  const app = { anyOf: [table(APP_FIELDS).schema, { type: 'string' }] };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'portico.toml',
    ...object({
      include: {
        type: ['string', 'array'],
        items: { type: 'string' },
        description: 'Further files, or patterns of them.',
      },
      app,
      apps: named(app),
      site: { type: ['array', 'object'], items: { $ref: '#/$defs/site' } },
      defaults: object(place),
      server: table(PROCESS_FIELDS).schema,
      edge: table(EDGE_FIELDS).schema,
      forwarding: table(FORWARDING_FIELDS).schema,
      connection: table(CONNECTION_FIELDS).schema,
      development: table(DEVELOPMENT_FIELDS).schema,
      upstream: { type: 'array', items: UPSTREAM.schema },
      stream: { type: 'array', items: STREAM.schema },
      'stream-upstream': { type: 'array', items: STREAM_UPSTREAM.schema },
      'stream-map': named(MAP.schema),
      'stream-geo': named(GEO.schema),
      'stream-split': named(SPLIT.schema),
      zone: named(ZONE.schema),
      map: named(MAP.schema),
      geo: named(GEO.schema),
      split: named(SPLIT.schema),
      'charset-map': { type: 'array', items: CHARSET_MAP.schema },
    }),
    $defs: {
      place: object(places),
      site: object({ ...place, ...properties(SITE_FIELDS), ...locations }),
      location: object({ ...place, ...properties(LOCATION_FIELDS), ...locations }),
    },
  };
}

function properties(fields: object): Readonly<Record<string, unknown>> {
  // The schema of a table has its properties by their names in the file.
  const { properties: known } = table(fields).schema;
  return known as Readonly<Record<string, unknown>>;
}
