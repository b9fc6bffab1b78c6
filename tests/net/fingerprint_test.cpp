#include "net/fingerprint.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace perch::net {
namespace {

TEST(Fingerprint, IsWrittenAsSdpHasIt) {
  Fingerprint fingerprint;
  std::iota(fingerprint.sha256.begin(), fingerprint.sha256.end(), std::uint8_t{});
  fingerprint.sha256[31] = 0xEF;
  EXPECT_EQ(fingerprint.to_string(),
            "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:EF");
}

}  // namespace
}  // namespace perch::net
