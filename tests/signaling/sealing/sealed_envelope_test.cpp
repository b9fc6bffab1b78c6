#include "signaling/sealing/sealed_envelope.hpp"

#include <gtest/gtest.h>

#include <string>

namespace perch::signaling {
namespace {

constexpr char kNonce[] = "AAECAwQFBgcICQoL";
const SealedEnvelope kExpected{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, {0x69, 0xb7, 0x1d}};

std::string envelope_with(const std::string& more) {
  return R"({"v":1,"n":")" + std::string(kNonce) + R"(","c":"abcd")" + more + "}";
}

TEST(SealedEnvelope, IsReadWhateverItsOrderAndBlanks) {
  EXPECT_EQ(parse_sealed_envelope(envelope_with("")), kExpected);
  EXPECT_EQ(parse_sealed_envelope(" {\n\"c\" : \"abcd\" ,\t\"n\": \"AAECAwQFBgcICQoL\", \"v\": 1 }\r\n"), kExpected);
}

TEST(SealedEnvelope, HasRoomForMore) {
  for (const char* more : {R"(,"x":1)", R"(,"x":"\"c\":")", R"(,"x":{"c":"efgh"})", R"(,"x":[1,true,null,-0.5])",
                           R"(,"x":"c","":"")", R"(,"x":"ü")", R"(,"c":"efgh","v":2)"})
    EXPECT_EQ(parse_sealed_envelope(envelope_with(more)), kExpected) << more;
  EXPECT_EQ(parse_sealed_envelope(R"({"v":1,"c":"","n":"AAECAwQFBgcICQoL","c":"abcd"})")->sealed, Bytes{});
  EXPECT_EQ(parse_sealed_envelope(R"({"v":1.0,"n":"AAECAwQFBgcICQoL","c":"\u0061bcd"})"), kExpected)
      << "other words for it";
}

TEST(SealedEnvelope, IsFlatWhenItIsLong) {
  const std::string length(kMaxNestedEnvelope, 'x');
  EXPECT_EQ(parse_sealed_envelope(envelope_with(",\"x\":\"" + length + "\",\"y\":7")), kExpected);
  for (const char* more : {R"(,"y":"\n")", R"(,"y":[])", R"(,"y":null)"}) {
    EXPECT_EQ(parse_sealed_envelope(envelope_with(more)), kExpected) << more;
    EXPECT_FALSE(parse_sealed_envelope(envelope_with(more + (",\"x\":\"" + length + "\"")))) << more;
  }
}

TEST(SealedEnvelope, NothingElseIsOne) {
  const std::string good = envelope_with("");
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_FALSE(parse_sealed_envelope(good.substr(0, size))) << size;
  for (const char* bad : {
           R"({"v":2,"n":"AAECAwQFBgcICQoL","c":"abcd"})",
           R"({"v":"1","n":"AAECAwQFBgcICQoL","c":"abcd"})",
           R"({"v":1,"n":"AAECAwQFBgcICQo","c":"abcd"})",
           R"({"v":1,"n":"AAECAwQFBgcICQoLAA","c":"abcd"})",
           R"({"v":1,"n":"AAECAwQFBgcICQoL","c":"ab+d"})",
           R"({"v":1,"n":"AAECAwQFBgcICQoL","c":7})",
           R"({"v":1,"n":"AAECAwQFBgcICQoL"})",
           R"({"v":1,"c":"abcd"})",
           R"({"n":"AAECAwQFBgcICQoL","c":"abcd"})",
           R"({"v":1,"n":"AAECAwQFBgcICQoL","c":"abcd"}})",
           R"({"v":1,"n":"AAECAwQFBgcICQoL","c":"abcd",})",
           R"({"v":1 "n":"AAECAwQFBgcICQoL","c":"abcd"})",
           R"([{"v":1,"n":"AAECAwQFBgcICQoL","c":"abcd"}])",
           R"("v":1)",
           "{}",
           "{",
       })
    EXPECT_FALSE(parse_sealed_envelope(bad)) << bad;
  EXPECT_FALSE(parse_sealed_envelope(good + '\0' + "x"));
}

}  // namespace
}  // namespace perch::signaling
