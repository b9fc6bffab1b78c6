#include "net/mdns/resolver.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <cstring>

namespace perch::net::mdns {
namespace {

constexpr TimePoint kStart{seconds(100)};
constexpr char kName[] = "0b7a2c1e-5d3f-4c8e-9f51-6a0d4e2b7c33.local";

std::string name_number(unsigned n) {
  std::string name = kName;
  name[0] = "0123456789abcdef"[n / 16];
  name[1] = "0123456789abcdef"[n % 16];
  return name;
}

Bytes answer(const std::string& name, const char* address) {
  Bytes message = write_query(name, RecordType::kA);  // header, name, type, class
  message[2] = 0x84;
  message[5] = 0;  // the question becomes the answer
  message[7] = 1;
  const bool v6 = std::strchr(address, ':') != nullptr;
  if (v6) message[message.size() - 3] = 28;
  Bytes data(v6 ? 16 : 4);
  EXPECT_EQ(::inet_pton(v6 ? AF_INET6 : AF_INET, address, data.data()), 1);
  for (const int byte : {0, 0, 0, 120, 0, static_cast<int>(data.size())})
    message.push_back(static_cast<std::uint8_t>(byte));
  message.insert(message.end(), data.begin(), data.end());
  return message;
}

std::size_t queries(Resolver& resolver) {
  std::size_t n = 0;
  while (resolver.next_query()) ++n;
  return n;
}

TEST(MdnsResolver, AsksForBothKindsAtOnceAndTellsTheAddress) {
  Resolver resolver;
  EXPECT_TRUE(resolver.idle());
  EXPECT_EQ(resolver.ask(kStart, "0B7A2C1E-5d3f-4c8e-9f51-6a0d4e2b7c33.local"), kName);
  EXPECT_EQ(resolver.next_query(), write_query(kName, RecordType::kA));
  EXPECT_EQ(resolver.next_query(), write_query(kName, RecordType::kAaaa));
  EXPECT_FALSE(resolver.next_query());
  resolver.on_datagram(answer(kName, "192.168.1.20"));
  const auto outcome = resolver.next_outcome();
  ASSERT_TRUE(outcome && outcome->address);
  EXPECT_EQ(outcome->name, kName);
  EXPECT_EQ(to_string(*outcome->address), "192.168.1.20");
  EXPECT_TRUE(resolver.idle());
  EXPECT_EQ(resolver.deadline(), kNever);
}

TEST(MdnsResolver, AsksAgainAfterOneAndThreeSecondsThenGivesUp) {
  Resolver resolver;
  ASSERT_TRUE(resolver.ask(kStart, kName));
  EXPECT_EQ(queries(resolver), 2U);
  for (const Duration at : {seconds(1), seconds(3)}) {
    EXPECT_EQ(resolver.deadline(), kStart + at);
    resolver.on_deadline(kStart + at - milliseconds(1));
    EXPECT_EQ(queries(resolver), 0U);
    resolver.on_deadline(kStart + at);
    EXPECT_EQ(queries(resolver), 2U);
  }
  EXPECT_EQ(resolver.deadline(), kStart + Resolver::kGiveUpAfter);
  resolver.on_deadline(kStart + Resolver::kGiveUpAfter);
  EXPECT_EQ(queries(resolver), 0U);
  const auto outcome = resolver.next_outcome();
  ASSERT_TRUE(outcome);
  EXPECT_FALSE(outcome->address);
  EXPECT_TRUE(resolver.idle());
}

TEST(MdnsResolver, AskingTwiceAsksOnce) {
  Resolver resolver;
  ASSERT_TRUE(resolver.ask(kStart, kName));
  ASSERT_TRUE(resolver.ask(kStart, kName));
  EXPECT_EQ(queries(resolver), 2U);
}

TEST(MdnsResolver, AsksForNothingButBrowsersNames) {
  Resolver resolver;
  for (const char* name : {"printer.local", ".local", "", "0b7a2c1e-5d3f-4c8e-9f51-6a0d4e2b7c33.example",
                           "0b7a2c1e-5d3f-4c8e-9f51-6a0d4e2b7c3g.local", "0b7a2c1e.5d3f-4c8e-9f51-6a0d4e2b7c33.local",
                           "0b7a2c1e-5d3f-4c8e-9f51-6a0d4e2b7c333.local"})
    EXPECT_FALSE(resolver.ask(kStart, name)) << name;
  EXPECT_EQ(queries(resolver), 0U);
}

TEST(MdnsResolver, AsksForSoManyAtATimeAndNoMore) {
  Resolver resolver;
  for (unsigned i = 0; i < 100; ++i)
    EXPECT_EQ(resolver.ask(kStart, name_number(i)).has_value(), i < Resolver::kMostNames) << i;
  EXPECT_EQ(queries(resolver), 2 * Resolver::kMostNames);
  resolver.on_datagram(answer(name_number(3), "10.0.0.3"));
  EXPECT_TRUE(resolver.ask(kStart, name_number(100)));
}

TEST(MdnsResolver, TakesNoAddressThatChecksShouldNotGoTo) {
  Resolver resolver;
  ASSERT_TRUE(resolver.ask(kStart, kName));
  for (const char* address : {"127.0.0.1", "0.0.0.0", "224.0.0.251", "255.255.255.255", "::1", "::", "ff02::fb",
                              "fe80::1", "::ffff:10.0.0.1"})
    resolver.on_datagram(answer(kName, address));
  EXPECT_FALSE(resolver.next_outcome());
  resolver.on_datagram(answer(kName, "fd00::7"));
  const auto outcome = resolver.next_outcome();
  ASSERT_TRUE(outcome && outcome->address);
  EXPECT_EQ(to_string(*outcome->address), "fd00::7");
}

TEST(MdnsResolver, AnswersNobodyAskedForAndSecondAnswersAreNone) {
  Resolver resolver;
  resolver.on_datagram(answer(kName, "10.0.0.1"));
  ASSERT_TRUE(resolver.ask(kStart, kName));
  resolver.on_datagram(answer(name_number(1), "10.0.0.1"));
  EXPECT_FALSE(resolver.next_outcome());
  resolver.on_datagram(answer(kName, "10.0.0.1"));
  resolver.on_datagram(answer(kName, "10.0.0.2"));
  ASSERT_TRUE(resolver.next_outcome());
  EXPECT_FALSE(resolver.next_outcome());
}

TEST(MdnsResolver, ForgottenNamesAreNotAskedForAgain) {
  Resolver resolver;
  ASSERT_TRUE(resolver.ask(kStart, kName));
  EXPECT_EQ(queries(resolver), 2U);
  resolver.forget(kName);
  EXPECT_EQ(resolver.deadline(), kNever);
  resolver.on_deadline(kStart + seconds(10));
  EXPECT_EQ(queries(resolver), 0U);
  EXPECT_FALSE(resolver.next_outcome());
}

}  // namespace
}  // namespace perch::net::mdns
