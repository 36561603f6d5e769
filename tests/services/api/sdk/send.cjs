// Sends one event in every mode that the SDK has, and prints what was answered to each.
//
// Reads {"address", "token", "event"} on standard input; `require` finds the SDK by NODE_PATH.
const { CloudEvent, HTTP, Mode, emitterFor, httpTransport } = require("cloudevents");

const asBytes = (event) => event.cloneWith({ data: Buffer.from(JSON.stringify(event.data)) });

async function main({ address, token, event }) {
  const sent = new CloudEvent(event);
  const authorization = `Bearer ${token}`;
  const emitter = (mode) => emitterFor(httpTransport(address), { mode });
  const emit = async (mode, each) =>
    JSON.parse((await emitter(mode)(each, { headers: { authorization } })).body);
  const post = async ({ headers, body }) => {
    const request = { method: "POST", headers: { ...headers, authorization }, body };
    return (await fetch(address, request)).json();
  };
  const answers = {
    "emitted, structured": await emit(Mode.STRUCTURED, sent),
    "emitted, binary": await emit(Mode.BINARY, sent),
    "emitted, structured, data as bytes": await emit(Mode.STRUCTURED, asBytes(sent)),
    "emitted, binary, data as bytes": await emit(Mode.BINARY, asBytes(sent)),
    "posted, structured": await post(HTTP.structured(sent)),
    "posted, binary": await post(HTTP.binary(sent)),
  };
  // The SDK reads batches, and leaves it to others to write them.
  const batch = { "content-type": "application/cloudevents-batch+json; charset=utf-8" };
  const { receipts } = await post({ headers: batch, body: JSON.stringify([sent, sent]) });
  return { ...answers, "batched": receipts[0], "batched again": receipts[1] };
}

const { stdin, stdout } = process;
let text = "";
stdin.on("data", (more) => (text += more));
stdin.on("end", async () => stdout.write(JSON.stringify(await main(JSON.parse(text)))));
