// A peer warmed up for the next call: its sockets and certificate are ready before anybody asks for a picture.

export class SparePeer {
  #make;
  #peer = null;

  /** `make(ice_servers)` gives a new Peer; it throws when the browser refuses one of these. */
  constructor(make) {
    this.#make = make;
  }

  /** A server address the browser refuses is reported by the call itself. */
  warm_up(ice_servers) {
    if (this.#peer) return;
    try {
      const peer = this.#make(ice_servers);
      peer.warm_up();
      this.#peer = peer;
    } catch {
      this.#peer = null;
    }
  }

  /** The spare one with these servers, or a new one. */
  take(ice_servers) {
    const peer = this.#peer;
    this.#peer = null;
    peer?.use_ice_servers(ice_servers);
    return peer ?? this.#make(ice_servers);
  }

  drop() {
    this.#peer?.close();
    this.#peer = null;
  }
}
