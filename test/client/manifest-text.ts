/** A manifest that is right, to be made wrong in one place. */
export const goodManifest = `immuta:
  url: https://acme.hosted.immutacloud.com
  secret: env:IMMUTA_API_KEY
connections:
  snow_prod:
    technology: Snowflake
    host: acme.snowflakecomputing.com
    warehouse: IMMUTA_WH
    database: IMMUTA
    systemAccount: { authenticationType: keyPair, username: A, role: R, privateKey: 'file:/run/secrets/immuta.p8' }
    privilegedUser: { authenticationType: userPassword, username: B, password: 'env:SNOWFLAKE_B', role: ACCOUNTADMIN }
`;
