#!/usr/bin/python3
"""Sealed messages by another hand: PROTOCOL.md's words in Python, for its vectors and for clients to compare with.

  second_implementation.py check PROTOCOL.md     every vector there opens to its plaintext, and sealing gives it again
  second_implementation.py vectors               makes the vectors anew, as JSON
"""
import base64
import json
import re
import sys

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def cipher_of(vector):
    way = vector["path"].split("/")[1]
    session = vector["path"].split("/")[3]
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=session.encode(), info=f"perch v1 {way}".encode())
    return ChaCha20Poly1305(hkdf.derive(decode(vector["key"])))


def additional_data(vector):
    return f"{vector['path']}|{vector['epoch']}".encode()


def seal(vector):
    nonce = decode(vector["nonce"])
    sealed = cipher_of(vector).encrypt(nonce, vector["body"].encode(), additional_data(vector))
    return {"v": 1, "n": vector["nonce"], "c": encode(sealed)}


def open_sealed(vector, payload):
    return cipher_of(vector).decrypt(decode(payload["n"]), decode(payload["c"]), additional_data(vector)).decode()


def make_vectors():
    key = encode(bytes(range(32)))
    session, epoch = encode(bytes(range(100, 116))), encode(bytes(range(200, 216)))
    one = {"key": key, "path": f"front-door/in/kitchen-phone/{session}/offer", "epoch": epoch,
           "nonce": encode(bytes(range(50, 62))), "body": '{"v":1,"seq":0,"epoch":"' + epoch + '","sdp":"v=0"}'}
    two = {**one, "path": f"front-door/to/kitchen-phone/{session}/answer", "nonce": encode(bytes(range(70, 82))),
           "body": '{"v":1,"seq":0,"epoch":"' + epoch + '","sdp":"v=0 ü"}'}
    three = {**one, "path": f"front-door/in/kitchen-phone/{session}/bye", "nonce": encode(bytes(12)), "body": ""}
    return [{**vector, "payload": json.dumps(seal(vector), separators=(",", ":"))} for vector in (one, two, three)]


def vectors_of(document):
    block = re.search(r"<!-- vectors -->\s*```json\n(.*?)```", document, re.S)
    return json.loads(block.group(1))


def check(path):
    with open(path, encoding="utf-8") as file:
        vectors = vectors_of(file.read())
    assert len(vectors) >= 3, "no vectors to check"
    for vector in vectors:
        payload = json.loads(vector["payload"])
        assert open_sealed(vector, payload) == vector["body"], vector["path"]
        assert seal(vector) == payload, vector["path"]
        wrong = {**vector, "epoch": vector["epoch"][:-1] + "A"}
        try:
            open_sealed(wrong, payload)
            raise AssertionError("opened under another epoch")
        except InvalidTag:
            pass
    print(f"{len(vectors)} vectors agree")


if __name__ == "__main__":
    if sys.argv[1:] == ["vectors"]:
        print(json.dumps(make_vectors(), indent=1, ensure_ascii=False))
    elif len(sys.argv) == 3 and sys.argv[1] == "check":
        check(sys.argv[2])
    else:
        sys.exit(__doc__)
