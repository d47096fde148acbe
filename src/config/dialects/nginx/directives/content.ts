/** What answers in a location: files, and the small handlers of nginx. */

import type { Row } from '../row.ts';
import { accepted, later, refused, repeatable, row } from '../row.ts';
import { ANSWERS, HTTP } from './contexts.ts';
import { MIRROR_ROWS } from './mirrors.ts';
import { answersElsewhere } from './passing-on.ts';

const IMAGES = 'Portico does not change images. Make them in the right size beforehand, or by your application.';
const WEBDAV =
  'Portico writes no files for clients: PUT, DELETE and the other methods of WebDAV are answered with 405. Take files in by your application.';
const WRITES = 'Portico does not write files for clients. Take them in by your application.';
const XSLT = 'Portico does not transform XML. Do it in your application.';
const STREAMING = 'The file is served as it is, with ranges, which is what players ask for.';

export const CONTENT: readonly Row[] = [
  ...MIRROR_ROWS,
  ...accepted(STREAMING, [
    ...repeatable([
      row('flv', 'location', '', 'Serves Flash videos from a point in time on.'),
      row('mp4', 'location', '', 'Serves MP4 videos from a point in time on.'),
    ]),
    row('mp4_buffer_size', HTTP, 'size', 'Memory for the index of an MP4 video.'),
    row('mp4_max_buffer_size', HTTP, 'size', 'Memory for the index of an MP4 video at the most.'),
    row('mp4_start_key_frame', HTTP, 'flag', 'Whether a video begins with a key frame.'),
  ]),
  ...accepted('Files are not cut for a cache here.', [
    row('slice', HTTP, 'size', 'Pieces in which responses are asked for and cached.'),
  ]),
  ...later(WEBDAV, [
    ...repeatable([
      row('dav_methods', HTTP, 'off|put|delete|mkcol|copy|move...', 'Methods by which clients change files.'),
    ]),
    row('create_full_put_path', HTTP, 'flag', 'Whether folders of a file that is put are made.'),
    row('min_delete_depth', HTTP, 'number', 'How deep in the folders something may be deleted.'),
    row('dav_access', HTTP, 'plain [plain] [plain]', 'Rights of files that are put.'),
    ...repeatable([row('dav_ext_methods', HTTP, 'plain...', 'Further methods of WebDAV.')]),
    row('dav_ext_lock', HTTP, 'parameter', 'The zone of locks of WebDAV.'),
    row('dav_ext_lock_zone', 'http', 'parameter [parameter]', 'Memory for locks of WebDAV.'),
  ]),
  ...refused(IMAGES, [
    ...repeatable([row('image_filter', 'location', 'plain [text] [text]', 'Scales, crops or turns images.')]),
    row('image_filter_jpeg_quality', HTTP, 'text', 'The quality of JPEG images.'),
    row('image_filter_webp_quality', HTTP, 'text', 'The quality of WebP images.'),
    row('image_filter_sharpen', HTTP, 'text', 'How much images are sharpened.'),
    row('image_filter_transparency', HTTP, 'flag', 'Whether transparency is kept.'),
    row('image_filter_interlace', HTTP, 'flag', 'Whether images are interlaced.'),
    row('image_filter_buffer', HTTP, 'size', 'How large an image may be.'),
  ]),
  ...refused(XSLT, [
    row('xml_entities', HTTP, 'path', 'Declarations of entities for XML.'),
    row('xml_external_entities', HTTP, 'flag', 'Whether XML may name other documents.'),
    ...repeatable([
      row('xslt_stylesheet', 'location', 'path [parameter...]', 'Transforms XML by a style sheet.'),
      row('xslt_param', HTTP, 'plain text', 'A parameter of style sheets, as an expression.'),
      row('xslt_string_param', HTTP, 'plain text', 'A parameter of style sheets, as a text.'),
      row('xslt_types', HTTP, 'plain...', 'Media types that are transformed.'),
    ]),
    row('xslt_last_modified', HTTP, 'flag', 'Whether what is transformed keeps its time.'),
  ]),
  ...later('Requests that CONNECT to other servers are refused.', [
    row('tunnel_pass', 'server location location-if', '[text]', 'Connects clients with other servers.', {
      apply: answersElsewhere,
    }),
  ]),
  ...refused(WRITES, [
    ...repeatable([row('upload_pass', ANSWERS, 'plain', 'Takes in uploads, and tells the application of them.')]),
    ...repeatable([row('upload_store', HTTP, 'path [number] [number] [number]', 'The folder of uploads.')]),
  ]),
];
