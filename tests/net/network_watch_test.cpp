#include "net/network_watch.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace perch::net {
namespace {

TEST(NetworkChanges, AnotherAddressIsNews) {
  NetworkChanges changes({"10.0.0.1"});
  EXPECT_TRUE(changes.on_addresses({"10.0.0.2"}));
  EXPECT_FALSE(changes.on_addresses({"10.0.0.2"}));
  EXPECT_TRUE(changes.on_addresses({"10.0.0.2", "2001:db8::1"}));
}

TEST(NetworkChanges, ACableOutAndInAgainIsNone) {
  NetworkChanges changes({"10.0.0.1"});
  EXPECT_FALSE(changes.on_addresses({}));
  EXPECT_FALSE(changes.on_addresses({"10.0.0.1"}));
}

TEST(NetworkChanges, ComingBackElsewhereIsNews) {
  NetworkChanges changes({"10.0.0.1"});
  EXPECT_FALSE(changes.on_addresses({}));
  EXPECT_TRUE(changes.on_addresses({"192.168.7.5"}));
}

TEST(NetworkChanges, TheFirstAddressAfterAStartWithoutNetworkIsNews) {
  NetworkChanges changes({});
  EXPECT_TRUE(changes.on_addresses({"10.0.0.1"}));
}

TEST(UsableAddresses, LeaveOutLoopbackUnlessItIsNamed) {
  const AddressList all = usable_addresses({});
  EXPECT_EQ(std::count(all.begin(), all.end(), "127.0.0.1"), 0);
  EXPECT_EQ(usable_addresses({"127.0.0.1", "192.0.2.77"}), AddressList{"127.0.0.1"});
}

}  // namespace
}  // namespace perch::net
