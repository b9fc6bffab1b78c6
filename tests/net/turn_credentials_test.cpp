#include "net/turn_credentials.hpp"

#include <gtest/gtest.h>

namespace perch::net {
namespace {

TEST(TurnCredentials, AreWhatOpensslMakesOfTheSameSecret) {
  // printf '1795300000:kitchen-phone' | openssl dgst -sha1 -hmac 'north wind' -binary | base64
  const auto made = time_limited_credentials("north wind", "kitchen-phone", seconds(1'795'300'000));
  ASSERT_TRUE(made);
  EXPECT_EQ(made->username, "1795300000:kitchen-phone");
  EXPECT_EQ(made->password, "XNdoSODU/CijnGPfVklFcoF5rCY=");
}

TEST(TurnCredentials, EachNameHasItsOwn) {
  const auto one = time_limited_credentials("s", "a", seconds(1));
  const auto other = time_limited_credentials("s", "b", seconds(1));
  EXPECT_NE(one->password, other->password);
}

TEST(TurnCredentials, ServersKeepTheirOwnCredentials) {
  const auto server = with_credentials(*parse_ice_server("turn:u:p@h"), "secret", "camera", seconds(5));
  ASSERT_TRUE(server);
  EXPECT_EQ(server->username, "u");
  EXPECT_EQ(server->credential, "p");
}

TEST(TurnCredentials, ServersWithoutAnyGetSomeForADay) {
  const auto server = with_credentials(*parse_ice_server("turn:h"), "secret", "camera", seconds(5));
  ASSERT_TRUE(server);
  EXPECT_EQ(server->username, "86405:camera");
  EXPECT_EQ(server->credential.size(), 28U);
}

TEST(TurnCredentials, WithoutASecretTheServerIsNamedInTheError) {
  const auto server = with_credentials(*parse_ice_server("turn:relay.example"), "", "camera", seconds(5));
  ASSERT_FALSE(server);
  EXPECT_NE(server.error().message().find("relay.example"), std::string::npos);
}

}  // namespace
}  // namespace perch::net
