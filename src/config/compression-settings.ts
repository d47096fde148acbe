/** The settings of compressed responses: rows of the table in settings.ts. */

import type { Outcome } from '../kernel/outcome.ts';
import { failure, success } from '../kernel/outcome.ts';
import { TOKEN } from '../kernel/token.ts';
import { SERVED_BYTES_MIN, SERVED_TYPES } from './serve-compressions.ts';
import type { ServeOptions } from './serve-options.ts';
import type { Setting } from './setting.ts';
import { always, each, last } from './setting.ts';
import { parseSize, parseSwitch } from './setting-values.ts';

type CompressionSetting = 'compress' | 'compressTypes' | 'compressBytesMin';

export const COMPRESSION_SETTINGS: { readonly [K in CompressionSetting]: Setting<ServeOptions[K]> } = {
  compress: {
    flag: 'compress',
    isNegatable: true,
    group: 'Responses',
    doc: 'Compress responses for clients that take it, with Zstandard or gzip. Not those that are encoded already, or say no-transform, nor for requests that a proxy has passed on with Via.',
    fallbackText: 'on',
    fallback: always(true),
    parse: last(parseSwitch),
  },
  compressTypes: {
    flag: 'compress-types',
    value: 'TYPE',
    isRepeatable: true,
    separator: /[\s,]+/,
    group: 'Responses',
    doc: 'A media type that is compressed, such as `text/html`; with it, only those that are given. May be repeated.',
    fallbackText: 'HTML, CSS, JavaScript, JSON, XML, SVG, plain text and their like',
    fallback: always(SERVED_TYPES),
    parse: each(parseMediaType),
  },
  compressBytesMin: {
    flag: 'compress-min',
    value: 'SIZE',
    group: 'Responses',
    doc: 'Bodies that are known to be shorter are not compressed: they fit into one packet anyway.',
    fallbackText: '1k',
    fallback: always(SERVED_BYTES_MIN),
    parse: last(parseSize('')),
  },
};

/** RFC 9110 8.3.1, without parameters. */
const MEDIA_TYPE = new RegExp(`^${TOKEN}/${TOKEN}$`);

function parseMediaType(text: string): Outcome<string> {
  return MEDIA_TYPE.test(text)
    ? success(text.toLowerCase())
    : failure('takes a media type without parameters, such as text/html');
}
