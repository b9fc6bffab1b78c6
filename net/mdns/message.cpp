#include "net/mdns/message.hpp"

#include <arpa/inet.h>

#include <array>
#include <cstring>
#include <optional>

#include "hal/base/text.hpp"

namespace perch::net::mdns {
namespace {

constexpr std::uint16_t kInternet = 1;             // RFC 1035 §3.2.4
constexpr std::uint16_t kCacheFlush = 0x8000;      // RFC 6762 §10.2: the top bit of the class
constexpr std::uint16_t kResponse = 0x8000;        // RFC 1035 §4.1.1: QR
constexpr std::uint16_t kOpcodeAndRcode = 0x780f;  // RFC 6762 §18.3, §18.11: ignored when not zero
constexpr std::size_t kHeaderSize = 12;
constexpr std::size_t kLongestName = 255;  // RFC 1035 §2.3.4
constexpr std::uint8_t kPointer = 0xc0;    // RFC 1035 §4.1.4
constexpr std::size_t kMostRecords = 64;   // a responder tells a handful; 9,000 bytes could hold hundreds

char lower(std::uint8_t byte) { return static_cast<char>(byte >= 'A' && byte <= 'Z' ? byte + ('a' - 'A') : byte); }

/// Reads a message's fields, following compressed names.
class MessageReader {
 public:
  explicit MessageReader(ByteView message) : message_(message), in_(message) {}

  std::uint16_t u16() { return in_.u16(); }
  ByteView view(std::size_t n) { return in_.view(n); }
  void skip(std::size_t n) { in_.skip(n); }
  [[nodiscard]] bool ok() const { return in_.ok(); }
  /// Labels joined by dots, in lower case. Nothing when a name is too long or runs in circles.
  std::optional<std::string> name();

 private:
  ByteView message_;
  ByteReader in_;
};

std::optional<std::string> MessageReader::name() {
  std::string name;
  ByteReader elsewhere{{}};
  ByteReader* at = &in_;
  // A pointer may lead backwards only, to before where the last one led: so that this ends.
  std::size_t limit = message_.size() - in_.remaining();
  while (true) {
    const std::uint8_t length = at->u8();
    if (!at->ok()) return std::nullopt;
    if (length == 0) return name;
    if ((length & kPointer) == kPointer) {
      const std::size_t target = static_cast<std::size_t>(length & 0x3f) << 8 | at->u8();
      if (!at->ok() || target >= limit) return std::nullopt;
      limit = target;
      elsewhere = ByteReader(message_.subspan(target));
      at = &elsewhere;
      continue;
    }
    if ((length & kPointer) != 0) return std::nullopt;  // 01 and 10 are reserved
    const ByteView label = at->view(length);
    if (!at->ok() || name.size() + 1 + length > kLongestName) return std::nullopt;
    if (!name.empty()) name += '.';
    for (const std::uint8_t byte : label) name += lower(byte);
  }
}

template <class T>
Address address_from(ByteView data) {
  T address{};
  std::memcpy(&address, data.data(), sizeof address);
  return address;
}

std::optional<Address> address_of(std::uint16_t type, ByteView data) {
  if (type == static_cast<std::uint16_t>(RecordType::kA) && data.size() == sizeof(in_addr))
    return address_from<in_addr>(data);
  if (type == static_cast<std::uint16_t>(RecordType::kAaaa) && data.size() == sizeof(in6_addr))
    return address_from<in6_addr>(data);
  return std::nullopt;
}

auto malformed() { return fail(Errc::kInvalid, "malformed multicast DNS message"); }

}  // namespace

std::string to_string(const Address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = std::holds_alternative<in_addr>(address) ? AF_INET : AF_INET6;
  std::visit([&](const auto& bytes) { ::inet_ntop(family, &bytes, text.data(), text.size()); }, address);
  return text.data();
}

Bytes write_query(std::string_view name, RecordType type) {
  Bytes message(kHeaderSize + 1 + name.size() + 1 + 4);  // each dot is the length of what follows
  ByteWriter out(message);
  out.u16(0);  // RFC 6762 §18.1: the ID of a multicast query
  out.u16(0);  // a standard query
  out.u16(1);  // questions
  out.u16(0), out.u16(0), out.u16(0);
  for (const std::string_view label : split(name, '.')) {
    out.u8(label.size());
    out.bytes(as_bytes(label));
  }
  out.u8(0);
  out.u16(static_cast<std::uint16_t>(type));
  out.u16(kInternet);  // RFC 6762 §5.4: without the top bit the answer is multicast as well
  return message;
}

Result<std::vector<AddressRecord>> parse_response(ByteView message) {
  MessageReader in(message);
  in.skip(2);  // RFC 6762 §18.1: the ID of a multicast response says nothing
  const std::uint16_t flags = in.u16();
  if ((flags & kResponse) == 0 || (flags & kOpcodeAndRcode) != 0) return malformed();
  const std::size_t questions = in.u16();
  std::size_t records = in.u16();
  for (int section = 0; section < 2; ++section) records += in.u16();  // authority, additional
  if (!in.ok() || questions > kMostRecords || records > kMostRecords) return malformed();
  for (std::size_t i = 0; i < questions; ++i) {
    if (!in.name()) return malformed();
    in.skip(4);  // type, class
  }
  std::vector<AddressRecord> found;
  for (std::size_t i = 0; i < records; ++i) {
    auto name = in.name();
    const std::uint16_t type = in.u16();
    const std::uint16_t record_class = in.u16();
    in.skip(4);  // time to live: what is found is used at once
    const ByteView data = in.view(in.u16());
    if (!name || !in.ok()) return malformed();
    const auto address = address_of(type, data);
    if (address && (record_class & ~kCacheFlush) == kInternet) found.push_back({std::move(*name), *address});
  }
  return found;
}

}  // namespace perch::net::mdns
