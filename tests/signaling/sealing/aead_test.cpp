#include "signaling/sealing/aead.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "hal/base/text.hpp"
#include "signaling/json.hpp"

namespace perch::signaling {
namespace {

Bytes hex(std::string_view text) {
  Bytes out;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    out.push_back(static_cast<std::uint8_t>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
  return out;
}

SecretKey key_of(ByteView bytes) {
  std::array<std::uint8_t, SecretKey::kSize> array{};
  std::copy(bytes.begin(), bytes.end(), array.begin());
  return SecretKey(array);
}

TEST(Aead, IsChaCha20Poly1305AsTheRfcHasIt) {  // RFC 8439 §2.8.2
  const Bytes key = hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
  const Nonce nonce{0x07, 0, 0, 0, 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47};
  const Bytes aad = hex("50515253c0c1c2c3c4c5c6c7");
  const std::string plain =
      "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be "
      "it.";
  const Bytes sealed = seal(key_of(key), nonce, as_text(aad), plain);
  ASSERT_EQ(sealed.size(), plain.size() + kTagSize);
  EXPECT_EQ(Bytes(sealed.begin(), sealed.begin() + 16), hex("d31a8d34648e60db7b86afbc53ef7ec2"));
  EXPECT_EQ(Bytes(sealed.end() - 16, sealed.end()), hex("1ae10b594f09e26a7e902ecbd0600691"));
  EXPECT_EQ(open(key_of(key), nonce, as_text(aad), sealed), plain);
}

TEST(Aead, AnyFlippedBitIsNoticed) {
  const SecretKey key = key_of(Bytes(32, 7));
  const Nonce nonce{1, 2, 3};
  const Bytes sealed = seal(key, nonce, "here|now", "hello");
  for (std::size_t bit = 0; bit < 8 * sealed.size(); ++bit) {
    Bytes changed = sealed;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    EXPECT_FALSE(open(key, nonce, "here|now", changed)) << bit;
  }
  for (std::size_t size = 0; size < sealed.size(); ++size)
    EXPECT_FALSE(open(key, nonce, "here|now", ByteView(sealed).first(size))) << size;
  EXPECT_FALSE(open(key, nonce, "here|then", sealed));
  EXPECT_FALSE(open(key, Nonce{1, 2, 4}, "here|now", sealed));
  EXPECT_FALSE(open(key_of(Bytes(32, 8)), nonce, "here|now", sealed));
}

TEST(Aead, EachSessionAndWayHasAKeyOfItsOwn) {
  const SecretKey key = key_of(Bytes(32, 7));
  const auto derived = [&](const char* session, Way way) {
    const SecretKey out = derive_key(key, session, way);
    return Bytes(out.bytes().begin(), out.bytes().end());
  };
  EXPECT_NE(derived("a", Way::kToCamera), derived("a", Way::kToViewer));
  EXPECT_NE(derived("a", Way::kToCamera), derived("b", Way::kToCamera));
  EXPECT_EQ(derived("a", Way::kToCamera), derived("a", Way::kToCamera));
}

TEST(SecretKey, IsReadFromItsOneSpelling) {
  const std::string text = base64url_encode(Bytes(32, 0x5A));
  ASSERT_EQ(text.size(), 43U);
  ASSERT_TRUE(SecretKey::from_text(text));
  EXPECT_EQ(SecretKey::from_text(text)->bytes()[31], 0x5A);
  for (const std::string& wrong : {text.substr(1), text + "A", text + "=", std::string(), std::string(43, '!')})
    EXPECT_FALSE(SecretKey::from_text(wrong)) << wrong;
}

TEST(SecretKey, LeavesNothingBehindWhereItWas) {
  SecretKey first = key_of(Bytes(32, 9));
  const SecretKey second = std::move(first);
  EXPECT_EQ(Bytes(first.bytes().begin(), first.bytes().end()), Bytes(32, 0));  // NOLINT: that is the promise
  EXPECT_EQ(second.bytes()[0], 9);
}

/// What stands in PROTOCOL.md between its marks.
std::string published_vectors() {
  std::ifstream file(PERCH_SOURCE_DIR "/signaling/PROTOCOL.md");
  std::ostringstream text;
  text << file.rdbuf();
  const std::string all = text.str(), mark = "<!-- vectors -->\n```json\n";
  const std::size_t at = all.find(mark);
  if (at == std::string::npos) return "";
  return all.substr(at + mark.size(), all.find("```", at + mark.size()) - at - mark.size());
}

TEST(Sealing, GivesThePublishedVectors) {
  const auto document = JsonDocument::parse(published_vectors());
  ASSERT_TRUE(document);
  const auto vectors = document->root().items();
  ASSERT_GE(vectors.size(), 3U);
  for (const JsonView& vector : vectors) {
    const auto text = [&](const char* name) { return std::string(vector.member(name)->as_text().value()); };
    const auto levels = split(vector.member("path")->as_text().value(), '/');
    const std::string session(levels.at(3));
    const Way way = levels.at(1) == "in" ? Way::kToCamera : Way::kToViewer;
    Nonce nonce{};
    const auto nonce_bytes = base64url_decode(text("nonce"));
    std::copy(nonce_bytes->begin(), nonce_bytes->end(), nonce.begin());
    const SecretKey key = derive_key(*SecretKey::from_text(text("key")), session, way);
    const Bytes sealed = seal(key, nonce, text("path") + '|' + text("epoch"), text("body"));
    EXPECT_EQ(R"({"v":1,"n":")" + text("nonce") + R"(","c":")" + base64url_encode(sealed) + R"("})", text("payload"));
  }
}

}  // namespace
}  // namespace perch::signaling
