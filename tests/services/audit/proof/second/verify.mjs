// A second verifier, written from RFC 9162 (section 2.1.1) and C2SP's signed-note and
// tlog-checkpoint alone: whole in memory, with nothing of the first.
//
//     node verify.mjs BUNDLE VKEY
//
// Prints JSON: for each checkpoint its size, whether its root is that of the entries, and whether the
// key has signed it.
import { createHash, createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();

// MTH, as it is defined: no stack, no cache but for roots of whole halves.
const known = new Map();
function root(leaves, from, to) {
  const size = to - from;
  if (size === 0) return sha256();
  if (size === 1) return sha256(Buffer.from([0]), leaves[from]);
  const name = `${from}-${to}`;
  if (!known.has(name)) {
    let half = 1;
    while (half * 2 < size) half *= 2;
    known.set(name, sha256(Buffer.from([1]), root(leaves, from, from + half), root(leaves, from + half, to)));
  }
  return known.get(name);
}

// The entry: the line's object without index, position and what was stored, and with its hash.
function entryOf(line) {
  const at = line.indexOf(',"stored":');
  const stored = at < 0 ? Buffer.from(JSON.parse(line).stored_base64, "base64") : line.slice(at + 10, -1);
  const { index, position, ...told } = JSON.parse(at < 0 ? line : `${line.slice(0, at)}}`);
  delete told.stored_base64;
  return Buffer.from(JSON.stringify({ ...told, sha256: sha256(stored).toString("hex") }));
}

function isSigned(note, vkey) {
  const [name, id, ...coded] = vkey.split("+");
  const key = Buffer.from(coded.join("+"), "base64");
  if (sha256(`${name}\n`, key).subarray(0, 4).toString("hex") !== id || key[0] !== 1) return false;
  const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), key.subarray(1)]);
  const publicKey = createPublicKey({ key: der, format: "der", type: "spki" });
  const end = note.lastIndexOf("\n\n");
  return note.slice(end + 2).trimEnd().split("\n").some((line) => {
    const [dash, of, signed] = line.split(" ");
    const raw = Buffer.from(signed, "base64");
    return dash === "\u2014" && of === name && raw.subarray(0, 4).toString("hex") === id
      && verify(null, Buffer.from(note.slice(0, end + 1)), publicKey, raw.subarray(4));
  });
}

const [path, vkey] = process.argv.slice(2);
const entries = [], notes = [];
for (const line of readFileSync(path, "utf8").trimEnd().split("\n")) {
  if (line.startsWith('{"index":')) entries.push(entryOf(line));
  if (line.startsWith('{"checkpoint":')) notes.push(JSON.parse(line));
}
console.log(JSON.stringify(notes.map(({ checkpoint, note }) => {
  const [origin, size, top] = note.split("\n");
  return {
    origin,
    size: checkpoint,
    fits: Number(size) === checkpoint && root(entries, 0, checkpoint).toString("base64") === top,
    signed: isSigned(note, vkey),
  };
})));
