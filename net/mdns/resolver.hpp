// Which addresses stand behind the `.local` names that browsers put into their candidates: who is asked what, and when.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>

#include "hal/base/time.hpp"
#include "net/mdns/message.hpp"

namespace perch::net::mdns {

/// A one-shot querier (RFC 6762 §5.1) without sockets: names in, queries for every interface out, responses in,
/// addresses out. Names come from viewers, who may be anywhere: only such are asked for as browsers draw at random, so
/// that nobody finds out what else is on the camera's network, and never more than kMostNames at a time.
class Resolver {
 public:
  /// RFC 6762 §5.2: a second at least between the first two queries, then twice as long each time.
  static constexpr Duration kFirstInterval = seconds(1);
  static constexpr int kQueries = 3;
  /// After 1 + 2 seconds for two queries, as long again for the last answer.
  static constexpr Duration kGiveUpAfter = seconds(5);
  static constexpr std::size_t kMostNames = 16;

  struct Outcome {
    std::string name;
    std::optional<Address> address;  ///< none: nobody answered in time
  };

  /// `name` as its outcome will carry it. Nothing when it is not asked for: not a browser's, or too many others are.
  /// Asking again changes nothing.
  std::optional<std::string> ask(TimePoint now, std::string_view name);
  /// Nobody wants to know any more; no outcome follows.
  void forget(std::string_view name);
  /// A multicast response. What cannot be used is ignored.
  void on_datagram(ByteView in);
  void on_deadline(TimePoint now);
  /// To be sent to the group on every interface.
  std::optional<Bytes> next_query();
  std::optional<Outcome> next_outcome();
  [[nodiscard]] bool has_outcome() const { return !outcomes_.empty(); }
  [[nodiscard]] TimePoint deadline() const;
  /// Nothing is asked for.
  [[nodiscard]] bool idle() const { return pending_.empty(); }

 private:
  struct Pending {
    TimePoint give_up_at;
    TimePoint next_query_at;
    Duration interval = kFirstInterval;
    int queries = 0;
  };
  void query(TimePoint now, const std::string& name, Pending& pending);

  std::map<std::string, Pending, std::less<>> pending_;
  std::deque<Bytes> queries_;
  std::deque<Outcome> outcomes_;
};

/// A random UUID as one label in `.local` (draft-ietf-mmusic-mdns-ice-candidates §3.1.1), in any case.
[[nodiscard]] bool is_browser_name(std::string_view name);
/// Something a check may be sent to: neither loopback, unspecified, multicast, broadcast nor, without a zone,
/// link-local.
[[nodiscard]] bool is_usable(const Address& address);

}  // namespace perch::net::mdns
