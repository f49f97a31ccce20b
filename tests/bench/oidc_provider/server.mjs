// oidc-provider on Redis, with what is compared switched on: client credentials and introspection.
import Redis from "ioredis";
import Provider from "oidc-provider";

const [port, redisUrl, secret] = process.argv.slice(2);
const redis = new Redis(redisUrl, { keyPrefix: "oidc:" });

class OnRedis {
  constructor(kind) {
    this.kind = kind;
  }

  key(id) {
    return `${this.kind}:${id}`;
  }

  async upsert(id, payload, expiresIn) {
    const value = JSON.stringify(payload);
    await (expiresIn ? redis.set(this.key(id), value, "EX", expiresIn) : redis.set(this.key(id), value));
  }

  async find(id) {
    const value = await redis.get(this.key(id));
    return value ? JSON.parse(value) : undefined;
  }

  async destroy(id) {
    await redis.del(this.key(id));
  }
}

const provider = new Provider(`http://127.0.0.1:${port}`, {
  adapter: OnRedis,
  clients: [
    {
      client_id: "bench",
      client_secret: secret,
      grant_types: ["client_credentials"],
      redirect_uris: [],
      response_types: [],
    },
  ],
  scopes: ["files"],
  features: {
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    devInteractions: { enabled: false },
  },
  ttl: { ClientCredentials: 300 },
});
provider.listen(Number(port), "127.0.0.1");
