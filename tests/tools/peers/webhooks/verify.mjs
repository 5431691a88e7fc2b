// Hold a signed webhook against implementations that are not ours. Standard input is a JSON object: `scheme`
// (`standard` or `github`), `secret`, `headers` and `body` (base64). Exits 1, with the reason, where the signature
// does not hold.
import { verify } from "@octokit/webhooks-methods";
import { readFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";

const { scheme, secret, headers, body } = JSON.parse(readFileSync(0, "utf8"));
const payload = Buffer.from(body, "base64").toString("utf8");

const schemes = {
  standard: async () => new Webhook(secret).verify(payload, headers),
  github: async () => {
    if (!(await verify(secret, payload, headers["x-hub-signature-256"] ?? ""))) {
      throw new Error("the signature is another one");
    }
  },
};

await schemes[scheme]().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
