#include "net/mdns/message.hpp"

#include <gtest/gtest.h>

namespace perch::net::mdns {
namespace {

constexpr char kName[] = "0b7a2c1e-5d3f-4c8e-9f51-6a0d4e2b7c33.local";

// As browsers answer: the name, A, cache flush, 120 s; then an NSEC (RFC 6762 §6.1) whose name points back at it.
Bytes response() {
  Bytes message{0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 1, 36};
  for (const char c : std::string("0B7a2c1e-5d3f-4c8e-9f51-6a0d4e2b7c33"))
    message.push_back(static_cast<std::uint8_t>(c));
  const Bytes rest{5, 'l', 'o',  'c', 'a', 'l', 0,    0, 1, 0x80, 1, 0,   0, 0, 120,  0,  4, 10, 9,
                   9, 1,   0xc0, 12,  0,   47,  0x80, 1, 0, 0,    0, 120, 0, 5, 0xc0, 12, 0, 1,  0x40};
  message.insert(message.end(), rest.begin(), rest.end());
  return message;
}

/// One record for a compressed name at `offset` behind the header's `answers`.
Bytes with_records(std::uint8_t answers, const Bytes& records) {
  Bytes message{0, 0, 0x84, 0, 0, 0, 0, answers, 0, 0, 0, 0};
  message.insert(message.end(), records.begin(), records.end());
  return message;
}

TEST(MdnsQuery, IsOneQuestionForOneName) {
  const Bytes expected{0,   0,   0, 0,   0,   1,   0,   0,   0, 0, 0,  0, 3, 'a',
                       'b', 'c', 5, 'l', 'o', 'c', 'a', 'l', 0, 0, 28, 0, 1};
  EXPECT_EQ(write_query("abc.local", RecordType::kAaaa), expected);
}

TEST(MdnsResponse, GivesTheAddressUnderItsNameInLowerCase) {
  const auto records = parse_response(response());
  ASSERT_TRUE(records);
  ASSERT_EQ(records->size(), 1U);
  EXPECT_EQ(records->front().name, kName);
  EXPECT_EQ(to_string(records->front().address), "10.9.9.1");
}

TEST(MdnsResponse, GivesIpv6AndFollowsCompressedNames) {
  Bytes records{1, 'a', 5, 'l', 'o', 'c', 'a', 'l', 0, 0, 16, 0, 1, 0, 0, 0, 1, 0, 0};
  const Bytes second{0xc0, 12, 0, 28, 0, 1, 0, 0, 0, 1, 0, 16, 0xfd, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  records.insert(records.end(), second.begin(), second.end());
  const auto found = parse_response(with_records(2, records));
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ(found->front().name, "a.local");
  EXPECT_EQ(to_string(found->front().address), "fd00:8::1");
}

TEST(MdnsResponse, CutShortAnywhereIsRefused) {
  const Bytes whole = response();
  for (std::size_t n = 0; n < whole.size(); ++n) EXPECT_FALSE(parse_response(ByteView(whole).first(n))) << n;
}

TEST(MdnsResponse, AQueryOrAnErrorIsNone) {
  Bytes message = response();
  message[2] = 0;
  EXPECT_FALSE(parse_response(message));
  message[2] = 0x84;
  message[3] = 3;
  EXPECT_FALSE(parse_response(message));
}

TEST(MdnsResponse, NamesThatRunInCirclesAreRefused) {
  const Bytes tail{0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 10, 0, 0, 1};
  for (const Bytes& name :
       {Bytes{0xc0, 12}, Bytes{0xc0, 14}, Bytes{1, 'a', 0xc0, 12}, Bytes{0xc0, 0xff}, Bytes{0x40, 0}}) {
    Bytes record = name;
    record.insert(record.end(), tail.begin(), tail.end());
    EXPECT_FALSE(parse_response(with_records(1, record)));
  }
}

TEST(MdnsResponse, NamesOverTheLongestAreRefused) {
  Bytes record;
  for (int label = 0; label < 5; ++label) {
    record.push_back(63);
    record.insert(record.end(), 63, 'x');
  }
  const Bytes tail{0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 10, 0, 0, 1};
  record.insert(record.end(), tail.begin(), tail.end());
  EXPECT_FALSE(parse_response(with_records(1, record)));
}

TEST(MdnsResponse, RecordsOfAWrongSizeOrClassGiveNoAddress) {
  for (const Bytes& record : {Bytes{1, 'a', 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 3, 10, 0, 0},
                              Bytes{1, 'a', 0, 0, 1, 0, 3, 0, 0, 0, 1, 0, 4, 10, 0, 0, 1}}) {
    const auto found = parse_response(with_records(1, record));
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->empty());
  }
}

TEST(MdnsResponse, MoreRecordsThanAnyoneNeedsAreRefused) {
  Bytes message{0, 0, 0x84, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0};
  message.resize(9000);
  EXPECT_FALSE(parse_response(message));
}

}  // namespace
}  // namespace perch::net::mdns
