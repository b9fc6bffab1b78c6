// A run of datagrams, each after its length, through the assembler of fragmented ClientHellos: what it gives out is
// the datagram itself or one whole record, and what it keeps is bounded.
#include <algorithm>
#include <cstdlib>

#include "net/client_hello_assembler.hpp"
#include "net/demux.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace perch;
  net::ClientHelloAssembler assembler;
  ByteReader in({data, size});
  while (in.remaining() > 0) {
    const std::size_t length = in.u8();
    const ByteView datagram = in.view(std::min(length, in.remaining()));
    const auto out = assembler.on_datagram(datagram);
    if (!out || out->data() == datagram.data()) continue;
    // RFC 6347 §4.1 and §4.2.2: record header, its length, a ClientHello in one piece.
    ByteReader record(*out);
    static_cast<void>(record.view(11));
    if (net::kind_of(*out) != net::DatagramKind::kDtls || record.u16() != record.remaining()) std::abort();
    static_cast<void>(record.u8());
    const std::size_t whole = record.u24();
    static_cast<void>(record.u16());
    if (record.u24() != 0 || record.u24() != whole || record.remaining() != whole || whole > 8192) std::abort();
  }
  return 0;
}
