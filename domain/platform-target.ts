import { z } from 'zod';
import { DatabricksTarget } from './databricks-target.js';
import { SnowflakeTarget } from './snowflake-target.js';

/** What a manifest says of one platform, with defaults applied: `technology`, Immuta's own word, tells which. Holds references, never secrets. */
export const PlatformTarget = z.discriminatedUnion('technology', [SnowflakeTarget, DatabricksTarget]);
export type PlatformTarget = z.infer<typeof PlatformTarget>;
