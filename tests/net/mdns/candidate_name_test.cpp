#include "net/mdns/candidate_name.hpp"

#include <gtest/gtest.h>

namespace perch::net::mdns {
namespace {

constexpr char kCandidate[] =
    "candidate:2999745851 1 udp 2113937151 0b7a2c1e-5d3f-4c8e-9f51-6a0d4e2b7c33.local 54321 typ host generation 0";

TEST(CandidateName, IsFoundAndReplaced) {
  EXPECT_EQ(name_in_candidate(kCandidate), "0b7a2c1e-5d3f-4c8e-9f51-6a0d4e2b7c33.local");
  EXPECT_EQ(with_address(kCandidate, "fd00::7"),
            "candidate:2999745851 1 udp 2113937151 fd00::7 54321 typ host generation 0");
}

TEST(CandidateName, IsNotInWhatHasAnAddressOrConnectsByItself) {
  for (const char* candidate :
       {"candidate:1 1 udp 1 192.0.2.1 9 typ host", "candidate:1 1 tcp 1 x.local 9 typ host tcptype active",
        "candidate:1 1 udp 1", "", "candidate:1 1 udp 1 192.0.2.1 9 typ host x.local"}) {
    EXPECT_FALSE(name_in_candidate(candidate)) << candidate;
    EXPECT_EQ(with_address(candidate, "192.0.2.9"), candidate);
  }
}

}  // namespace
}  // namespace perch::net::mdns
