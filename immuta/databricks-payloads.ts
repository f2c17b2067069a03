// What Immuta is told about a Databricks workspace. The two steps call it by different names: the scripts are asked for with `workspaceUrl` and an
// `httpPath`; the registration says `host`, has the path in `connection` alone, and marks Unity Catalog. Keys are those of Immuta's registration payload
// guide (OAuth); `token` and `proxyOptions` are those of its older integrations API.
import type { DatabricksSystemAccount, DatabricksTarget } from '../domain/databricks-target.js';
import type { Reveal } from './reveal.js';

export async function databricksScriptPayload(target: DatabricksTarget, reveal: Reveal) {
  return {
    type: target.technology,
    autoBootstrap: false,
    config: {
      workspaceUrl: target.host,
      httpPath: target.httpPath,
      port: target.port,
      ...(await credential(target.systemAccount, reveal)),
      ...(await shared(target, reveal)),
    },
  };
}

/** `connection` and `nativeIntegration` of a registration. */
export async function databricksConnectionPayload(target: DatabricksTarget, reveal: Reveal) {
  const proof = await credential(target.systemAccount, reveal);
  const { technology, host, port, httpPath, workspaceIds } = target;
  return {
    connection: { technology, hostname: host, port, httpPath, ...proof },
    nativeIntegration: {
      type: technology,
      autoBootstrap: false,
      unityCatalog: true,
      config: { host, port, ...proof, ...(await shared(target, reveal)), ...(workspaceIds === undefined ? {} : { workspaceIds }) },
    },
  };
}

async function shared({ catalog, audit, groupPattern, proxyOptions }: DatabricksTarget, reveal: Reveal) {
  return {
    catalog,
    audit: { enabled: audit.enabled },
    ...(groupPattern === undefined ? {} : { groupPattern: { deny: groupPattern.deny } }),
    ...(proxyOptions === undefined ? {} : { proxyOptions: await proxy(proxyOptions, reveal) }),
  };
}

async function proxy({ host, port, username, password }: NonNullable<DatabricksTarget['proxyOptions']>, reveal: Reveal) {
  return {
    host,
    ...(port === undefined ? {} : { port }),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password: await reveal(password) }),
  };
}

async function credential(account: DatabricksSystemAccount, reveal: Reveal) {
  switch (account.authenticationType) {
    case 'token':
      return { authenticationType: account.authenticationType, token: await reveal(account.token) };
    case 'oAuthM2M': {
      const { useCertificate, clientId, clientSecret, scope, authorityUrl, resource } = account.oAuthClientConfig;
      return {
        authenticationType: account.authenticationType,
        oAuthClientConfig: {
          useCertificate,
          clientId,
          clientSecret: await reveal(clientSecret),
          scope,
          authorityUrl,
          ...(resource === undefined ? {} : { resource }),
        },
      };
    }
  }
}
