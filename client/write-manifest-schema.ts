// A step of the build: writes dist/manifest.schema.json beside the compiled client.
import { writeFileSync } from 'node:fs';
import { manifestSchema } from './manifest-schema.js';

writeFileSync(new URL('../manifest.schema.json', import.meta.url), `${JSON.stringify(manifestSchema(), null, 2)}\n`);
