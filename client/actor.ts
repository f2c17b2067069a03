import { execFileSync } from 'node:child_process';
import { hostname, userInfo } from 'node:os';
import { CommandError } from './command-error.js';
import { visible } from './safe-text.js';

const gitTimeoutMs = 2_000; // reads one file

/** Who asks or decides: `--as`, then `MOORING_ACTOR`, then git's `user.email`, then `<OS user>@<hostname>`. Self-asserted. */
export function readActor(option: string | undefined, environment: NodeJS.ProcessEnv): string {
  const named = option ?? (environment['MOORING_ACTOR'] || undefined);
  if (named === undefined) return gitEmail(environment) ?? `${userInfo().username}@${hostname()}`;
  const actor = named.trim();
  if (actor !== '' && actor.length <= 256 && visible(actor) === actor) return actor;
  throw new CommandError(
    'usage',
    `${option === undefined ? 'MOORING_ACTOR' : '--as'} must name a person: 1 to 256 visible characters.`,
    'Write, for example, --as person@example.com.',
  );
}

function gitEmail(environment: NodeJS.ProcessEnv): string | undefined {
  const allowed = ['PATH', 'HOME', 'XDG_CONFIG_HOME', 'GIT_CONFIG_GLOBAL'].flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value]];
  });
  try {
    const email = execFileSync('git', ['config', '--get', 'user.email'], {
      env: Object.fromEntries(allowed),
      timeout: gitTimeoutMs,
      stdio: ['ignore', 'pipe', 'ignore'],
      encoding: 'utf8',
    }).trim();
    return email !== '' && email.length <= 256 && visible(email) === email ? email : undefined;
  } catch {
    return undefined; // no git, no e-mail address
  }
}
