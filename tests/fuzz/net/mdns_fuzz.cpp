// Any bytes as a multicast DNS response, while a browser's name is asked for.
#include <cstdlib>

#include "net/mdns/resolver.hpp"

namespace {

using namespace perch;
using namespace perch::net;

constexpr TimePoint kNow{seconds(100)};
constexpr char kName[] = "0b7a2c1e-5d3f-4c8e-9f51-6a0d4e2b7c33.local";
constexpr std::size_t kLongestName = 255;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (const auto records = mdns::parse_response({data, size})) {
    if (records->size() * 10 > size) std::abort();  // a record's least: no name, type, class, time and length
    for (const auto& record : *records)
      if (record.name.size() > kLongestName || mdns::to_string(record.address).empty()) std::abort();
  }
  mdns::Resolver resolver;
  resolver.ask(kNow, kName);
  resolver.on_datagram({data, size});
  const auto outcome = resolver.next_outcome();
  if (outcome && (!outcome->address || !mdns::is_usable(*outcome->address) || !resolver.idle())) std::abort();
  return 0;
}
