#include "net/ice_server.hpp"

#include <gtest/gtest.h>

namespace perch::net {
namespace {

using Kind = IceServer::Kind;

TEST(IceServer, ReadsStun) {
  const auto server = parse_ice_server("stun:stun.example:3479");
  ASSERT_TRUE(server);
  EXPECT_EQ(server->kind, Kind::kStun);
  EXPECT_EQ(server->host, "stun.example");
  EXPECT_EQ(server->port, 3479);
  EXPECT_EQ(parse_ice_server("stun:h")->port, 3478);
}

TEST(IceServer, ReadsTurnWithEachTransport) {
  const auto udp = parse_ice_server("turn:me:se:cr@et@turn.example:3478");
  ASSERT_TRUE(udp);
  EXPECT_EQ(udp->kind, Kind::kTurnUdp);
  EXPECT_EQ(udp->username, "me");
  EXPECT_EQ(udp->credential, "se:cr@et");
  EXPECT_EQ(udp->host, "turn.example");
  EXPECT_EQ(parse_ice_server("turn:u:p@h?transport=tcp")->kind, Kind::kTurnTcp);
  EXPECT_EQ(parse_ice_server("turns:u:p@h")->kind, Kind::kTurnTls);
  EXPECT_EQ(parse_ice_server("turns:u:p@h")->port, 5349);
}

TEST(IceServer, ReadsIpv6InBrackets) {
  const auto server = parse_ice_server("stun:[fd00::1]:3479");
  ASSERT_TRUE(server);
  EXPECT_EQ(server->host, "fd00::1");
  EXPECT_EQ(server->port, 3479);
  EXPECT_EQ(uri_of(*server), "stun:[fd00::1]:3479");
}

TEST(IceServer, TurnWithoutCredentialsIsGoodAndLacksThem) {
  const auto server = parse_ice_server("turn:turn.example:3479?transport=tcp");
  ASSERT_TRUE(server);
  EXPECT_EQ(server->host, "turn.example");
  EXPECT_EQ(server->port, 3479);
  EXPECT_EQ(server->kind, Kind::kTurnTcp);
  EXPECT_TRUE(server->lacks_credentials());
  EXPECT_FALSE(parse_ice_server("turn:u:p@h")->lacks_credentials());
  EXPECT_FALSE(parse_ice_server("stun:h")->lacks_credentials());
}

TEST(IceServer, UriNeverShowsCredentials) {
  EXPECT_EQ(uri_of(*parse_ice_server("turn:u:secret@h:1?transport=tcp")), "turn:h:1?transport=tcp");
}

TEST(IceServer, RefusesWhatCannotWorkAndDoesNotRepeatSecrets) {
  for (const char* uri :
       {"", "stun", "stun:", "http://h", "turn:", "turn:u@h", "turn:u:@h", "stun:h:0", "stun:h:65536",
        "turn:u:p@h?transport=sctp", "stun:[::1", "stun:a b", "stun:[h]", "stun:[[::1]", "stun:h]", "stun:[::1]]"})
    EXPECT_FALSE(parse_ice_server(uri)) << uri;
  const auto bad = parse_ice_server("turn:u:hunter2@h:99999");
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().message().find("hunter2"), std::string::npos);
}

}  // namespace
}  // namespace perch::net
