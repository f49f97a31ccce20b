// An OAuth client for JavaScript that we did not write, against the broker: discovery, client credentials, exchange,
// introspection, revocation, and the resource server's own check of the token. Tells in JSON what it saw.
import * as oauth from "oauth4webapi";

const [issuer, clientId, secret] = process.argv.slice(2);
const insecure = { [oauth.allowInsecureRequests]: true };
const client = { client_id: clientId };
const proof = oauth.ClientSecretBasic(secret);

const server = await oauth.processDiscoveryResponse(
  new URL(issuer),
  await oauth.discoveryRequest(new URL(issuer), { algorithm: "oauth2", ...insecure }),
);
const resource = await oauth.processResourceDiscoveryResponse(
  new URL(`${issuer}/api/v1`),
  await oauth.resourceDiscoveryRequest(new URL(`${issuer}/api/v1`), insecure),
);

const given = await oauth.processClientCredentialsResponse(
  server,
  client,
  await oauth.clientCredentialsGrantRequest(server, client, proof, { scope: "files:write files:list" }, insecure),
);

const exchanged = await oauth.processGenericTokenEndpointResponse(
  server,
  client,
  await oauth.genericTokenEndpointRequest(
    server,
    client,
    proof,
    "urn:ietf:params:oauth:grant-type:token-exchange",
    {
      subject_token: given.access_token,
      subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
      scope: "files:list",
      resource: `${issuer}/api/v1/files/Holiday%20photos`,
    },
    insecure,
  ),
);

const presented = () =>
  new Request(`${issuer}/api/v1/files`, { headers: { authorization: `Bearer ${exchanged.access_token}` } });
const claims = await oauth.validateJwtAccessToken(server, presented(), resource.resource, insecure);

async function introspected(options) {
  const answer = await oauth.introspectionRequest(server, client, proof, exchanged.access_token, {
    ...options,
    ...insecure,
  });
  return oauth.processIntrospectionResponse(server, client, answer);
}

const before = await introspected({ requestJwtResponse: true });
await oauth.processRevocationResponse(
  await oauth.revocationRequest(server, client, proof, given.access_token, insecure),
);
const after = await introspected({});

console.log(JSON.stringify({ given, exchanged, claims, before, after }));
