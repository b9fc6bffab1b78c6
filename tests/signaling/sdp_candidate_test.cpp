#include "signaling/sdp/candidate.hpp"

#include <gtest/gtest.h>

namespace perch::signaling::sdp {
namespace {

TEST(SdpCandidate, ReadsWhatBrowsersSend) {
  const auto host = parse_candidate(
      "candidate:2999745851 1 udp 2113937151 0b7a2c1e-5d3f-4c8e-9f51-6a0d4e2b7c33.local 54321 typ host generation 0 "
      "ufrag 4bVV "
      "network-cost 999");
  ASSERT_TRUE(host);
  EXPECT_TRUE(host->is_mdns());
  EXPECT_EQ(host->port, 54321);
  EXPECT_EQ(host->priority, 2113937151U);
  EXPECT_EQ(host->type, CandidateType::kHost);
  const auto srflx = parse_candidate("candidate:1 1 UDP 1677721855 203.0.113.7 40000 typ srflx raddr 0.0.0.0 rport 0");
  ASSERT_TRUE(srflx);
  EXPECT_EQ(srflx->type, CandidateType::kServerReflexive);
  const auto tcp = parse_candidate("candidate:1 1 tcp 1518214911 192.0.2.5 9 typ host tcptype active");
  ASSERT_TRUE(tcp);
  EXPECT_EQ(tcp->transport, CandidateTransport::kTcp);
  EXPECT_TRUE(parse_candidate("a=candidate:1 1 udp 1 2001:db8::1 5000 typ relay raddr :: rport 0"));
  EXPECT_TRUE(parse_candidate("candidate:1 1 udp 1 127.0.0.1 5000 typ host"));
}

TEST(SdpCandidate, NothingToSendToIsUnsupported) {
  for (const char* text :
       {"candidate:1 2 udp 1 192.0.2.1 5000 typ host", "candidate:1 1 sctp 1 192.0.2.1 5000 typ host",
        "candidate:1 1 udp 1 192.0.2.1 0 typ host", "candidate:1 1 udp 1 0.0.0.0 5000 typ host",
        "candidate:1 1 udp 1 224.0.0.251 5353 typ host", "candidate:1 1 udp 1 255.255.255.255 5000 typ host",
        "candidate:1 1 udp 1 ff02::1 5000 typ host", "candidate:1 1 udp 1 :: 5000 typ host",
        "candidate:1 1 udp 1 ::ffff:192.0.2.1 5000 typ host", "candidate:1 1 udp 1 intranet.example.org 80 typ host",
        "candidate:1 1 udp 1 .local 80 typ host", "candidate:1 1 udp 1 a.b.local 80 typ host"}) {
    const auto parsed = parse_candidate(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, Errc::kUnsupported) << text;
  }
}

// Connecting to whatever a viewer names would lend them the camera's place in its network.
TEST(SdpCandidate, NobodyIsConnectedToOverTcp) {
  const std::string tcp = "candidate:1 1 tcp 1518214911 192.0.2.5 443 typ host";
  for (const char* extensions :
       {"", " tcptype passive", " tcptype so", " tcptype", " tcptype active tcptype passive",
        " tcptype passive tcptype active", " generation 0", " tcptype ACTIVE", " raddr tcptype rport active"}) {
    const auto parsed = parse_candidate(tcp + extensions);
    ASSERT_FALSE(parsed) << extensions;
    EXPECT_EQ(parsed.error().code, Errc::kUnsupported) << extensions;
  }
  EXPECT_TRUE(parse_candidate(tcp + " generation 0 tcptype active ufrag 4bVV"));
}

TEST(SdpCandidate, NonsenseIsInvalid) {
  const std::string good = "candidate:1 1 udp 1 192.0.2.1 5000 typ host";
  for (const std::string& text :
       {std::string(), std::string("candidate:"), std::string("kandidate:1 1 udp 1 192.0.2.1 5000 typ host"),
        std::string("candidate:1 1 udp 1 192.0.2.1 5000 typ cat"),
        std::string("candidate:1 1 udp 1 192.0.2.1 65536 typ host"),
        std::string("candidate:1 1 udp 9999999999 192.0.2.1 5000 typ host"),
        std::string("candidate:1 257 udp 1 192.0.2.1 5000 typ host"), good + "\r\na=x",
        std::string("candidate:1 1 udp 1 192.0.2.1  5000 typ host"), good + std::string(512, ' '),
        "candidate:" + std::string(33, '1') + " 1 udp 1 192.0.2.1 5000 typ host"}) {
    const auto parsed = parse_candidate(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, Errc::kInvalid) << text;
  }
}

TEST(SdpCandidate, TruncatedAtEachLengthFails) {
  const std::string text = "candidate:1 1 udp 1 192.0.2.1 5000 typ host";
  ASSERT_TRUE(parse_candidate(text));
  for (std::size_t n = 0; n < text.size(); ++n) EXPECT_FALSE(parse_candidate(text.substr(0, n))) << n;
}

}  // namespace
}  // namespace perch::signaling::sdp
