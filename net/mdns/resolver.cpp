#include "net/mdns/resolver.hpp"

#include <algorithm>
#include <cctype>

namespace perch::net::mdns {
namespace {

constexpr std::string_view kDomain = ".local";
constexpr std::string_view kUuidShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";  // RFC 9562 §4

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
  return out;
}

bool fits_uuid(char shape, char c) {
  return shape == '-' ? c == '-' : std::isxdigit(static_cast<unsigned char>(c)) != 0;
}

bool usable(const in_addr& address) {
  const std::uint32_t value = ntohl(address.s_addr);
  const std::uint32_t first = value >> 24;
  return first != 0 && first != IN_LOOPBACKNET && first < 224;  // 224/4 multicast, 240/4 reserved and broadcast
}

bool usable(const in6_addr& address) {
  return !IN6_IS_ADDR_UNSPECIFIED(&address) && !IN6_IS_ADDR_LOOPBACK(&address) && !IN6_IS_ADDR_MULTICAST(&address) &&
         !IN6_IS_ADDR_LINKLOCAL(&address) && !IN6_IS_ADDR_V4MAPPED(&address) && !IN6_IS_ADDR_V4COMPAT(&address);
}

}  // namespace

bool is_browser_name(std::string_view name) {
  const std::string text = lower(name);
  if (text.size() != kUuidShape.size() + kDomain.size() || !text.ends_with(kDomain)) return false;
  return std::equal(kUuidShape.begin(), kUuidShape.end(), text.begin(), fits_uuid);
}

bool is_usable(const Address& address) {
  return std::visit([](const auto& bytes) { return usable(bytes); }, address);
}

std::optional<std::string> Resolver::ask(TimePoint now, std::string_view name) {
  std::string key = lower(name);
  if (!is_browser_name(key)) return std::nullopt;
  if (pending_.contains(key)) return key;
  if (pending_.size() >= kMostNames) return std::nullopt;
  query(now, key, pending_.emplace(key, Pending{now + kGiveUpAfter, now}).first->second);
  return key;
}

/// Browsers make a name for each address; which of the two kinds it is cannot be seen.
void Resolver::query(TimePoint now, const std::string& name, Pending& pending) {
  queries_.push_back(write_query(name, RecordType::kA));
  queries_.push_back(write_query(name, RecordType::kAaaa));
  ++pending.queries;
  pending.next_query_at = pending.queries < kQueries ? now + pending.interval : kNever;
  pending.interval *= 2;
}

void Resolver::forget(std::string_view name) {
  if (const auto found = pending_.find(lower(name)); found != pending_.end()) pending_.erase(found);
}

void Resolver::on_datagram(ByteView in) {
  const auto records = parse_response(in);
  if (!records) return;
  for (const AddressRecord& record : *records) {
    const auto asked = pending_.find(record.name);
    if (asked == pending_.end() || !is_usable(record.address)) continue;
    outcomes_.push_back({record.name, record.address});
    pending_.erase(asked);
  }
}

void Resolver::on_deadline(TimePoint now) {
  for (auto it = pending_.begin(); it != pending_.end();) {
    if (now >= it->second.give_up_at) {
      outcomes_.push_back({it->first, std::nullopt});
      it = pending_.erase(it);
      continue;
    }
    if (now >= it->second.next_query_at) query(now, it->first, it->second);
    ++it;
  }
}

std::optional<Bytes> Resolver::next_query() {
  if (queries_.empty()) return std::nullopt;
  Bytes next = std::move(queries_.front());
  queries_.pop_front();
  return next;
}

std::optional<Resolver::Outcome> Resolver::next_outcome() {
  if (outcomes_.empty()) return std::nullopt;
  Outcome next = std::move(outcomes_.front());
  outcomes_.pop_front();
  return next;
}

TimePoint Resolver::deadline() const {
  TimePoint first = kNever;
  for (const auto& [name, pending] : pending_) first = std::min({first, pending.give_up_at, pending.next_query_at});
  return first;
}

}  // namespace perch::net::mdns
