#include "net/client_hello_assembler.hpp"

#include <gtest/gtest.h>

namespace perch::net {
namespace {

/// One plaintext handshake record with `body` as the piece of a message of `length` bytes at `offset`.
Bytes fragment(std::size_t length, std::size_t offset, ByteView body, std::uint8_t type = 1, std::uint16_t seq = 0) {
  Bytes out(25 + body.size());
  ByteWriter w(out);
  w.u8(22);
  w.u16(0xFEFD);
  w.u16(0);
  w.u16(0);
  w.u32(offset);
  w.u16(12 + body.size());
  w.u8(type);
  w.u24(length);
  w.u16(seq);
  w.u24(offset);
  w.u24(body.size());
  w.bytes(body);
  return out;
}

const Bytes kBody{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};

Bytes piece(std::size_t from, std::size_t to) {
  return fragment(kBody.size(), from, ByteView(kBody).subspan(from, to - from));
}

void expect_whole(std::optional<ByteView> got) {
  ASSERT_TRUE(got);
  ASSERT_EQ(got->size(), 35u);
  ByteReader in(*got);
  in.skip(11);
  EXPECT_EQ(in.u16(), 22u);  // record length
  EXPECT_EQ(in.u8(), 1u);
  EXPECT_EQ(in.u24(), 10u);
  in.skip(2);
  EXPECT_EQ(in.u24(), 0u);
  EXPECT_EQ(in.u24(), 10u);
  EXPECT_TRUE(std::ranges::equal(in.rest(), kBody));
}

TEST(ClientHelloAssembler, WaitsForAllPiecesInAnyOrder) {
  ClientHelloAssembler assembler;
  EXPECT_FALSE(assembler.on_datagram(piece(6, 10)));
  EXPECT_FALSE(assembler.on_datagram(piece(0, 3)));
  expect_whole(assembler.on_datagram(piece(3, 6)));
}

TEST(ClientHelloAssembler, OverlapAndRepetitionCountOnce) {
  ClientHelloAssembler assembler;
  EXPECT_FALSE(assembler.on_datagram(piece(0, 5)));
  EXPECT_FALSE(assembler.on_datagram(piece(0, 5)));
  EXPECT_FALSE(assembler.on_datagram(piece(2, 9)));
  expect_whole(assembler.on_datagram(piece(8, 10)));
}

TEST(ClientHelloAssembler, ARetransmittedHelloIsPutTogetherAgain) {
  ClientHelloAssembler assembler;
  for (int round = 0; round < 2; ++round) {
    EXPECT_FALSE(assembler.on_datagram(piece(0, 5)));
    expect_whole(assembler.on_datagram(piece(5, 10)));
  }
}

TEST(ClientHelloAssembler, EverythingElsePassesUnchanged) {
  ClientHelloAssembler assembler;
  const Bytes whole = piece(0, 10);
  const Bytes other_message = fragment(10, 0, ByteView(kBody).first(5), 11);
  Bytes encrypted = piece(0, 5);
  encrypted[4] = 1;  // epoch
  for (const Bytes& datagram : {whole, other_message, encrypted, Bytes{}, Bytes{22}, Bytes{128, 1, 2}}) {
    const auto got = assembler.on_datagram(datagram);
    ASSERT_TRUE(got);
    EXPECT_EQ(got->data(), datagram.data());
  }
}

TEST(ClientHelloAssembler, ImpossiblePiecesPassForTheLibraryToDrop) {
  ClientHelloAssembler assembler;
  EXPECT_TRUE(assembler.on_datagram(fragment(10, 8, ByteView(kBody).first(5))));         // past the end
  EXPECT_TRUE(assembler.on_datagram(fragment(1'000'000, 0, ByteView(kBody).first(5))));  // too much to hold
  EXPECT_TRUE(assembler.on_datagram(fragment(10, 0, {})));
}

TEST(ClientHelloAssembler, TruncatedPiecesPassUnchanged) {
  ClientHelloAssembler assembler;
  const Bytes datagram = piece(0, 5);
  for (std::size_t size = 0; size < datagram.size(); ++size) {
    EXPECT_TRUE(assembler.on_datagram(ByteView(datagram).first(size))) << size;
  }
}

}  // namespace
}  // namespace perch::net
