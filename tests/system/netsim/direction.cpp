#include "tests/system/netsim/direction.hpp"

#include <unistd.h>

#include <array>
#include <cstdio>

namespace perch::netsim {
namespace {

constexpr std::size_t kLargestPacket = 65'536;
constexpr int kBatch = 64;

double ms_of(Duration d) { return std::chrono::duration<double, std::milli>(d).count(); }

double mean_ms(Duration total, std::int64_t count) {
  return count == 0 ? 0 : ms_of(total) / static_cast<double>(count);
}

}  // namespace

void Direction::take() {
  std::array<std::uint8_t, kLargestPacket> buffer;
  for (int i = 0; i < kBatch; ++i) {
    const ssize_t size = ::read(from_fd_, buffer.data(), buffer.size());
    if (size <= 0) return;
    const auto arrives = link_.admit(monotonic_now(), static_cast<std::size_t>(size));
    if (arrives) held_.push_back({*arrives, Bytes(buffer.begin(), buffer.begin() + size)});
  }
}

void Direction::deliver(TimePoint now) {
  for (; deadline() <= now; held_.pop_front()) {
    const Held& held = held_.front();
    const ssize_t written = ::write(to_fd_, held.packet.data(), held.packet.size());
    if (written != static_cast<ssize_t>(held.packet.size())) ++refused_;
    ++delivered_;
    total_lateness_ += now - held.due;
    worst_lateness_ = std::max(worst_lateness_, Duration(now - held.due));
  }
}

std::string Direction::json() const {
  const LinkCounters& counted = link_.counters();
  const auto number = [](std::int64_t n) { return static_cast<long long>(n); };
  std::array<char, 512> text{};
  std::snprintf(text.data(), text.size(),
                "{\"packets_in\":%lld,\"packets_out\":%lld,\"bytes_out\":%lld,\"lost\":%lld,\"queue_full\":%lld,"
                "\"blacked_out\":%lld,\"refused\":%lld,\"queue_ms_max\":%.3f,\"queue_ms_mean\":%.3f,"
                "\"late_ms_max\":%.3f,\"late_ms_mean\":%.3f}",
                number(counted.packets_in), number(counted.packets_out), number(counted.bytes_out),
                number(counted.lost), number(counted.queue_full), number(counted.blacked_out), number(refused_),
                ms_of(counted.longest_wait),
                mean_ms(counted.total_wait, counted.packets_in - counted.lost - counted.queue_full),
                ms_of(worst_lateness_), mean_ms(total_lateness_, delivered_));
  return text.data();
}

}  // namespace perch::netsim
