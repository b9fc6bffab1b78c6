// found.pack: many small inputs in one file, each behind its length [4 bytes, big endian]; tests/fuzz/replay_main.cpp reads it.
export function unpack(bytes) {
  const inputs = [];
  for (let at = 0; at + 4 <= bytes.length; ) {
    const size = bytes.readUInt32BE(at);
    inputs.push(bytes.subarray(at + 4, at + 4 + size));
    at += 4 + size;
  }
  return inputs;
}

export function pack(inputs) {
  const length = (input) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(input.length);
    return bytes;
  };
  return Buffer.concat(inputs.flatMap((input) => [length(input), input]));
}
