import { databricks } from './databricks-payload.js';
import { complain, oneOf, record } from './payload-rules.js';
import { snowflake } from './snowflake-payload.js';
import type { Technology } from './technology.js';

/** The platforms that can be registered; one more platform is one more entry. */
const technologies: readonly Technology[] = [snowflake, databricks];

/** The technology a payload names at `key`, refused with the list of those that are simulated. */
export function technologyOf(value: unknown, key: string, path: string): Technology {
  const given = record(value, path);
  const name = oneOf(...technologies.map((each) => each.name))(given[key], path === '' ? key : `${path}.${key}`);
  return technologies.find((each) => each.name === name) ?? complain(key, 'is not simulated');
}
