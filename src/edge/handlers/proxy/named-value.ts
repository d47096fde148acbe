import type { Field } from '../../../protocol/http/fields.ts';

/** A field, or a parameter, as it is sent. */
export type NamedValue = Pick<Field, 'name' | 'value'>;
