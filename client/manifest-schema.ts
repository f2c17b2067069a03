// The JSON Schema that editors use. It is wider than the check of the command in one point: nothing under a connection is required, because
// `defaults` may supply it.
import { z } from 'zod';
import { MergedManifest } from '../domain/manifest.js';
import { Duration } from '../domain/timing.js';
import { durationPattern } from '../rules/duration.js';

type Schema = Record<string, unknown>;

/** The JSON Schema (draft 2020-12) of mooring.yaml. */
export function manifestSchema(): Schema {
  const schema = z.toJSONSchema(MergedManifest, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema === Duration) Object.assign(jsonSchema, { type: 'string', pattern: durationPattern.source, examples: ['30s', '15m', '72h'] });
    },
  }) as Schema;
  const properties = schema['properties'] as Schema;
  const connections = properties['connections'] as Schema;
  const entry = nothingRequired(connections['additionalProperties']) as Schema;
  return {
    ...schema,
    title: 'Mooring manifest',
    description: 'The connections that Mooring registers in one Immuta tenant. Secrets are references: env:NAME or file:/absolute/path.',
    properties: {
      ...properties,
      defaults: { ...entry, description: 'Merged under every connection; arrays are replaced.' },
      connections: { ...connections, propertyNames: { minLength: 1, maxLength: 200 }, additionalProperties: entry },
    },
  };
}

/** The keys that may stand at a path of a manifest, in the schema's order; none where it allows any. */
export function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  const root = manifestSchema();
  let places: Schema[] = [root];
  for (const part of path) places = places.flatMap((place) => alternatives(place).flatMap((one) => child(one, String(part))));
  return [...new Set(places.flatMap(alternatives).flatMap((place) => Object.keys((place['properties'] ?? {}) as Schema)))];
}

function alternatives(schema: Schema): Schema[] {
  const branches = [schema['anyOf'], schema['oneOf']].filter(Array.isArray).flat() as Schema[];
  return [schema, ...branches];
}

function child(schema: Schema, key: string): Schema[] {
  const properties = (schema['properties'] ?? {}) as Schema;
  const found = Object.hasOwn(properties, key) ? properties[key] : schema['additionalProperties'];
  return typeof found === 'object' && found !== null ? [found as Schema] : [];
}

/** Kinds of a block may then look alike, such as one without `technology`: it must match any of them, not just one. */
function nothingRequired(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(nothingRequired);
  if (typeof schema !== 'object' || schema === null) return schema;
  const kept = Object.entries(schema).filter(([key, value]) => !(key === 'required' && Array.isArray(value)));
  return Object.fromEntries(kept.map(([key, value]) => [key === 'oneOf' ? 'anyOf' : key, nothingRequired(value)]));
}
