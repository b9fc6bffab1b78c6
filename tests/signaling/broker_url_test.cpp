#include "signaling/broker_url.hpp"

#include <gtest/gtest.h>

namespace perch::signaling {
namespace {

TEST(BrokerUrl, TakesHostPortAndScheme) {
  const auto plain = parse_broker_url("mqtt://broker.example:1884");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->host, "broker.example");
  EXPECT_EQ(plain->port, 1884);
  EXPECT_FALSE(plain->tls);
  const auto tls = parse_broker_url("mqtts://broker.example/");
  ASSERT_TRUE(tls);
  EXPECT_EQ(tls->port, 8883);
  EXPECT_TRUE(tls->tls);
}

TEST(BrokerUrl, TakesIpv6InBrackets) {
  const auto url = parse_broker_url("mqtt://[fd00::1]:1885");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "fd00::1");
  EXPECT_EQ(url->port, 1885);
  EXPECT_EQ(parse_broker_url("mqtt://[::1]")->port, 1883);
}

TEST(BrokerUrl, RefusesWhatCannotBeABroker) {
  for (const char* url : {"", "mqtt://", "http://x", "broker:1883", "mqtt://h:0", "mqtt://h:65536", "mqtt://h:x",
                          "mqtt://h/path", "mqtt://a b", "mqtt://a\tb", "mqtt://u:p@h"})
    EXPECT_FALSE(parse_broker_url(url)) << url;
}

}  // namespace
}  // namespace perch::signaling
