#include "agent/ice_setup.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

namespace perch::agent {
namespace {

Config with_secret(const std::string& servers) {
  Config config;
  config.ice.servers = {"stun:stun.example", servers};
  config.ice.turn_secret_file = testing::TempDir() + "perch-turn-secret";
  std::ofstream(config.ice.turn_secret_file) << "north wind\n";
  ::chmod(config.ice.turn_secret_file.c_str(), 0600);
  return config;
}

TEST(IceSetup, StateNamesNoCredentialsAndTurnServersAsStun) {
  const auto ice = ice_config(with_secret("turn:u:hunter2@turn.example:3479"));
  ASSERT_TRUE(ice);
  const auto told = public_ice_servers(*ice);
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].urls, std::vector<std::string>{"stun:stun.example:3478"});
  EXPECT_EQ(told[1].urls, std::vector<std::string>{"stun:turn.example:3479"});
  for (const auto& server : told) EXPECT_TRUE(server.username.empty() && server.credential.empty());
}

TEST(IceSetup, EachViewerIsToldItsOwnTimeLimitedCredentials) {
  const auto ice = ice_config(with_secret("turns:turn.example"));
  ASSERT_TRUE(ice);
  const auto told = viewer_ice_servers(*ice, "kitchen-phone", seconds(1'795'300'000 - 86'400));
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].urls, std::vector<std::string>{"turns:turn.example:5349?transport=tcp"});
  EXPECT_EQ(told[0].username, "1795300000:kitchen-phone");
  EXPECT_EQ(told[0].credential, "XNdoSODU/CijnGPfVklFcoF5rCY=");
}

TEST(IceSetup, TurnServersOverTcpAreNotToldAsStun) {
  const auto ice = ice_config(with_secret("turn:turn.example?transport=tcp"));
  ASSERT_TRUE(ice);
  EXPECT_EQ(public_ice_servers(*ice).size(), 1U);
}

TEST(IceSetup, RefusesTurnWithoutCredentialsAndSecret) {
  Config config;
  config.ice.servers = {"turn:turn.example"};
  const auto ice = ice_config(config);
  ASSERT_FALSE(ice);
  EXPECT_NE(ice.error().message().find("turn_secret_file"), std::string::npos);
}

TEST(IceSetup, RefusesAuthoritiesThatCannotBeRead) {
  Config config;
  config.ice.ca_file = "/nonexistent.pem";
  const auto ice = ice_config(config);
  ASSERT_FALSE(ice);
  EXPECT_NE(ice.error().message().find("/nonexistent.pem"), std::string::npos);
}

TEST(IceSetup, RefusesASecretThatOthersCanRead) {
  const Config config = with_secret("turn:turn.example");
  ::chmod(config.ice.turn_secret_file.c_str(), 0644);
  EXPECT_FALSE(ice_config(config));
}

}  // namespace
}  // namespace perch::agent
