import { SecretError } from './secret-error.js';

// Never given away, whatever the list says: with these one could read or forge runs.
const forbidden = /^(MOORING_(.*_)?KEYS|TEMPORAL_.*)$/i;

/** The value of a variable that the list allows; it may not be empty. */
export function readEnvironment(name: string, environment: Readonly<Record<string, string | undefined>>, allowedNames: readonly string[]): string {
  if (forbidden.test(name))
    throw new SecretError(
      `env:${shown(name)} belongs to Mooring itself and is never given to a manifest.`,
      'Put the secret into a variable of its own.',
    );
  if (!allowedNames.some((entry) => (entry.endsWith('*') ? name.startsWith(entry.slice(0, -1)) : name === entry)))
    throw new SecretError(
      `env:${shown(name)} is not on this worker's list of variables (${allowedNames.join(', ') || 'empty'}).`,
      'Rename the variable, or add its name to MOORING_SECRET_ENV on the worker.',
    );
  const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
  if (value === undefined || value === '')
    throw new SecretError(
      `env:${shown(name)} is ${value === undefined ? 'not set' : 'empty'} on this worker.`,
      `Set ${shown(name)} where the worker runs and restart it.`,
    );
  return value;
}

function shown(name: string): string {
  return name.replace(/[^\x21-\x7E]/g, '?').slice(0, 128);
}
