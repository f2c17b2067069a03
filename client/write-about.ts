// A step of the build: writes dist/about.json, from which main.cts answers `--help` and `--version` without loading anything.
import { writeFileSync } from 'node:fs';
import { overview, version } from './about.js';

writeFileSync(new URL('../about.json', import.meta.url), JSON.stringify({ overview: overview(), version: version() }));
