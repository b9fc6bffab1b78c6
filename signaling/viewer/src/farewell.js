// The last words on a connection, as bytes: a page that is being closed gets no further turn of its event loop, which
// mqtt.js needs to write; what is handed to the WebSocket at once still leaves.

const kPublishQos0 = 0x30; // MQTT 5 §3.3.1, and the same in 3.1.1
const kDisconnect = Uint8Array.of(0xe0, 0x00); // §3.14

/** MQTT 5 §1.5.5. */
function variable_length(n) {
  const bytes = [];
  do {
    bytes.push((n % 128) | (n >= 128 ? 0x80 : 0));
    n = Math.floor(n / 128);
  } while (n > 0);
  return bytes;
}

/** A PUBLISH packet of QoS 0 followed by DISCONNECT. */
export function farewell({ topic, payload }, version) {
  const text = new TextEncoder();
  const name = text.encode(topic);
  const body = text.encode(payload);
  const properties = version === 5 ? [0] : [];
  const length = variable_length(2 + name.length + properties.length + body.length);
  const head = [kPublishQos0, ...length, name.length >> 8, name.length & 0xff];
  return Uint8Array.of(...head, ...name, ...properties, ...body, ...kDisconnect);
}
