// The few questions of `init` on a terminal. It asks for names and places, never for a secret.
import type { Readable, Writable } from 'node:stream';
import { group, select, text } from '@clack/prompts';
import type { Wishes } from './new-manifest.js';
import { exampleSurroundings, newTargets, technologies } from './new-manifest.js';

export interface Answers extends Wishes {
  readonly immutaUrl: string;
  readonly key: string;
}

/** What the person wants; `undefined` when they stop, at whichever question. */
export async function askWishes(input: Readable, output: Writable): Promise<Answers | undefined> {
  const { snowflake, databricks, immutaUrl } = exampleSurroundings;
  const ask = (message: string, initialValue: string) => () => text({ message, initialValue, input, output });
  const choose = (message: string, values: readonly string[]) => () =>
    select({ message, options: values.map((value) => ({ value })), input, output });
  try {
    const first = await group({ immutaUrl: ask('Immuta tenant', immutaUrl), platform: choose('Platform', technologies) }, stopping);
    const technology = technologies.find((name) => name === first.platform) ?? 'Snowflake';
    const { keyPrefix, authentications } = newTargets[technology];
    const common = {
      key: ask('connectionKey: the name of the connection in Immuta', `${keyPrefix}_prod`),
      authentication: choose('How both accounts log in', authentications),
    };
    const answers =
      technology === 'Snowflake'
        ? await group(
            {
              host: ask('Snowflake account host', snowflake.host),
              warehouse: ask('Warehouse', snowflake.warehouse),
              database: ask('New database that Immuta will own', 'IMMUTA'),
              ...common,
            },
            stopping,
          )
        : await group(
            {
              host: ask('Databricks workspace host', databricks.host),
              httpPath: ask('HTTP path of the SQL warehouse', databricks.httpPath),
              catalog: ask('New catalog that Immuta will own', 'immuta'),
              ...common,
            },
            stopping,
          );
    return { ...answers, technology, immutaUrl: first.immutaUrl };
  } catch (error) {
    if (error instanceof Stopped) return undefined;
    throw error;
  }
}

class Stopped extends Error {}

/** A group goes on with its next question unless its `onCancel` throws. */
const stopping = {
  onCancel: () => {
    throw new Stopped();
  },
};
