#include "net/client_hello_assembler.hpp"

#include <algorithm>

namespace perch::net {
namespace {

constexpr std::size_t kRecordHeader = 13;     // RFC 6347 §4.1
constexpr std::size_t kHandshakeHeader = 12;  // RFC 6347 §4.2.2
constexpr std::size_t kMaxHello = 8192;       // today's are 1.5 kB; bounds what a stranger can make us hold
constexpr std::uint8_t kHandshake = 22;
constexpr std::uint8_t kClientHello = 1;

}  // namespace

struct ClientHelloAssembler::Fragment {
  ByteView record_header;
  std::uint16_t message_seq = 0;
  std::size_t length = 0;  // of the whole message body
  std::size_t offset = 0;
  ByteView body;
};

/// Nothing unless the datagram is one plaintext record with one piece of a larger ClientHello.
std::optional<ClientHelloAssembler::Fragment> ClientHelloAssembler::parse(ByteView datagram) {
  ByteReader in(datagram);
  Fragment out;
  out.record_header = in.view(kRecordHeader);
  if (!in.ok() || out.record_header[0] != kHandshake) return std::nullopt;
  if (out.record_header[3] != 0 || out.record_header[4] != 0) return std::nullopt;  // epoch 0: not encrypted
  if (in.u8() != kClientHello) return std::nullopt;
  out.length = in.u24();
  out.message_seq = in.u16();
  out.offset = in.u24();
  const std::size_t size = in.u24();
  out.body = in.view(size);
  if (!in.ok() || in.remaining() != 0 || size == 0 || size == out.length) return std::nullopt;
  if (out.length > kMaxHello || out.offset + size > out.length) return std::nullopt;
  return out;
}

void ClientHelloAssembler::restart(const Fragment& fragment) {
  message_seq_ = fragment.message_seq;
  record_.assign(kRecordHeader + kHandshakeHeader + fragment.length, 0);
  present_.assign(fragment.length, false);
  missing_ = fragment.length;
}

void ClientHelloAssembler::mark(std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < to; ++i) {
    if (!present_[i]) --missing_;
    present_[i] = true;
  }
}

/// The transcript hash covers the message as if it had never been cut (RFC 6347 §4.2.6), so one whole record will do.
ByteView ClientHelloAssembler::whole_record(const Fragment& last) {
  ByteWriter out(record_);
  out.bytes(last.record_header.first(kRecordHeader - 2));
  out.u16(kHandshakeHeader + present_.size());
  out.u8(kClientHello);
  out.u24(present_.size());
  out.u16(message_seq_);
  out.u24(0);
  out.u24(present_.size());
  present_.clear();  // a retransmission starts afresh
  return record_;
}

std::optional<ByteView> ClientHelloAssembler::on_datagram(ByteView datagram) {
  const std::optional<Fragment> fragment = parse(datagram);
  if (!fragment) return datagram;
  if (present_.size() != fragment->length || message_seq_ != fragment->message_seq) restart(*fragment);
  const std::size_t begin = kRecordHeader + kHandshakeHeader + fragment->offset;
  std::copy(fragment->body.begin(), fragment->body.end(), record_.begin() + static_cast<std::ptrdiff_t>(begin));
  mark(fragment->offset, fragment->offset + fragment->body.size());
  if (missing_ != 0) return std::nullopt;
  return whole_record(*fragment);
}

}  // namespace perch::net
