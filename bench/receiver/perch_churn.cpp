// perch_churn: viewers of one camera that come and go, half of them rudely, as fast as the camera takes them.
#include <getopt.h>

#include <array>
#include <cstdio>
#include <deque>

#include "bench/receiver/bench_viewer.hpp"
#include "bench/receiver/camera_link.hpp"
#include "hal/base/log.hpp"
#include "hal/base/text.hpp"
#include "tests/sim/test_certificates.hpp"

namespace perch::bench {
namespace {

using namespace signaling;

struct Options {
  CameraAddress address;
  std::string local_address;
  std::uint64_t cycles = 100;
  std::uint64_t parallel = 8;
  std::uint64_t places = 32;  ///< the camera's max_viewers
  bool polite = false;
};

constexpr Duration kPatience = seconds(20);  // for one cycle
constexpr Duration kPause = milliseconds(100);
/// How long who left without a word keeps a place: SessionTable::kConnectTime, and some. A camera that is full says so
/// only a few times a second, and whom it does not tell would count as a failure here.
constexpr Duration kPlaceKept = seconds(17);

/// Every second viewer behaves; the others take turns at the ways not to.
Manner manner_of(std::uint64_t cycle) {
  constexpr std::array kRude{Manner::kHalfOpen, Manner::kBadDtls, Manner::kGarbage, Manner::kVanish};
  return cycle % 2 == 0 ? Manner::kPolite : kRude[cycle / 2 % kRude.size()];
}

class Churn {
 public:
  explicit Churn(Options options);
  /// 0 when every cycle went as it should.
  int run();

 private:
  struct Cycle {
    std::unique_ptr<BenchViewer> viewer;
    TimePoint since{};
  };
  enum class Verdict { kGoing, kDone, kBusy, kFailed };

  void check();
  void fill(TimePoint now);
  [[nodiscard]] bool has_room(TimePoint now);
  [[nodiscard]] Verdict judge(const Cycle& cycle, TimePoint now) const;
  [[nodiscard]] bool settle(Cycle& cycle, TimePoint now);

  const Options options_;
  SystemRandom random_;
  EventLoop loop_;
  net::IceConfig ice_;
  std::vector<Cycle> cycles_;
  std::deque<TimePoint> kept_until_;  // places of those who left without a word
  Timer timer_;
  bool ready_ = false;
  TimePoint not_before_{};  // the camera was busy
  std::uint64_t begun_ = 0, done_ = 0, failed_ = 0, busy_ = 0;
  CameraLink camera_;
};

Churn::Churn(Options options)
    : options_(std::move(options)),
      timer_(loop_, [this] { check(); }),
      camera_(loop_, random_, options_.address,
              {.on_ready = [this] { ready_ = true; },
               .on_message =
                   [this](std::string_view session, std::uint64_t seq, const Body& body) {
                     for (Cycle& cycle : cycles_)
                       if (cycle.viewer->key().session == session) cycle.viewer->on_message(seq, body);
                   }}) {
  if (!options_.local_address.empty()) ice_.local_addresses = {options_.local_address};
}

Churn::Verdict Churn::judge(const Cycle& cycle, TimePoint now) const {
  const BenchViewer& viewer = *cycle.viewer;
  if (viewer.failure() == to_string(ErrorCode::kBusy)) return Verdict::kBusy;
  const bool failed = !viewer.failure().empty();
  bool done = false;
  switch (viewer.manner()) {
    case Manner::kPolite:
    case Manner::kVanish: done = viewer.first_rtp().has_value(); break;
    case Manner::kHalfOpen: done = viewer.answered(); break;
    case Manner::kGarbage: done = failed || viewer.noise() >= 6; break;
    case Manner::kBadDtls:
      if (viewer.first_rtp()) return Verdict::kFailed;
      done = failed;
      break;
  }
  if (done) return Verdict::kDone;
  return failed || now - cycle.since > kPatience ? Verdict::kFailed : Verdict::kGoing;
}

/// True when the cycle is over.
bool Churn::settle(Cycle& cycle, TimePoint now) {
  const Verdict verdict = judge(cycle, now);
  if (verdict == Verdict::kGoing) return false;
  if (verdict == Verdict::kFailed) {
    ++failed_;
    std::fprintf(stderr, "manner %d failed: %s\n", static_cast<int>(cycle.viewer->manner()),
                 cycle.viewer->failure().empty() ? "nothing happened" : cycle.viewer->failure().c_str());
  }
  if (verdict == Verdict::kBusy) {
    ++busy_;
    --begun_;  // the camera never had this one
    not_before_ = now + kPause;
  } else {
    ++done_;
    if (cycle.viewer->manner() != Manner::kPolite) kept_until_.push_back(now + kPlaceKept);
  }
  if (cycle.viewer->manner() == Manner::kPolite) cycle.viewer->hang_up();
  return true;
}

bool Churn::has_room(TimePoint now) {
  while (!kept_until_.empty() && now >= kept_until_.front()) kept_until_.pop_front();
  return cycles_.size() < options_.parallel && cycles_.size() + kept_until_.size() < options_.places;
}

void Churn::fill(TimePoint now) {
  while (ready_ && now >= not_before_ && has_room(now) && begun_ < options_.cycles) {
    const std::string session = random_text(random_, 16);
    const ViewerContext context{
        loop_,
        ice_,
        sim::test_certificate(1),
        random_,
        NtpClock::from_system(),
        [this](const SessionKey& key, const Body& body, std::uint64_t seq) { camera_.send(key, body, seq); }};
    // A name of its own each, or many names in turn, because the camera counts the sessions of each viewer.
    const Manner manner = options_.polite ? Manner::kPolite : manner_of(begun_);
    auto viewer = std::make_unique<BenchViewer>(
        context, SessionKey{viewer_name(options_.address, begun_, "churn-" + session), session}, manner);
    ++begun_;
    if (!viewer->offer()) ++failed_;
    cycles_.push_back({std::move(viewer), now});
  }
}

void Churn::check() {
  const TimePoint now = monotonic_now();
  std::erase_if(cycles_, [&](Cycle& cycle) { return settle(cycle, now); });
  fill(now);
  if (cycles_.empty() && begun_ == options_.cycles) {
    camera_.stop();
    return loop_.quit();
  }
  timer_.set(now + milliseconds(10));
}

int Churn::run() {
  timer_.set(monotonic_now());
  camera_.start();
  loop_.run();
  std::printf("{\"cycles\":%llu,\"failed\":%llu,\"busy\":%llu}\n", static_cast<unsigned long long>(done_),
              static_cast<unsigned long long>(failed_), static_cast<unsigned long long>(busy_));
  return failed_ == 0 ? 0 : 1;
}

std::optional<Options> parse_options(int argc, char** argv) {
  static const std::array<option, 9> kLong{{{"broker", 1, nullptr, 'b'},
                                            {"camera", 1, nullptr, 'c'},
                                            {"cycles", 1, nullptr, 'n'},
                                            {"parallel", 1, nullptr, 'p'},
                                            {"places", 1, nullptr, 'm'},
                                            {"local-address", 1, nullptr, 'a'},
                                            {"polite", 0, nullptr, 'P'},
                                            {"invitations", 1, nullptr, 'I'},
                                            {nullptr, 0, nullptr, 0}}};
  Options options;
  for (int letter; (letter = ::getopt_long(argc, argv, "", kLong.data(), nullptr)) != -1;) {
    switch (letter) {
      case 'b': options.address.broker = optarg; break;
      case 'c': options.address.camera = optarg; break;
      case 'n': options.cycles = parse_decimal(optarg, 1'000'000).value_or(0); break;
      case 'p': options.parallel = parse_decimal(optarg, 256).value_or(0); break;
      case 'm': options.places = parse_decimal(optarg, 256).value_or(0); break;
      case 'a': options.local_address = optarg; break;
      case 'P': options.polite = true; break;
      case 'I': options.address.guests = invitations_or_exit(optarg); break;
      default: return std::nullopt;
    }
  }
  if (options.cycles == 0 || options.parallel == 0 || options.places == 0 || !parse_broker_url(options.address.broker))
    return std::nullopt;
  return options;
}

int run(int argc, char** argv) {
  auto options = parse_options(argc, argv);
  if (!options) {
    std::fputs(
        "usage: perch_churn --broker mqtt://HOST:PORT --camera ID [--cycles N] [--parallel N] [--local-address A]\n"
        "                   [--places N] [--polite] [--invitations FILE]\n",
        stderr);
    return 2;
  }
  set_log_level(LogLevel::kWarning);
  return Churn(std::move(*options)).run();
}

}  // namespace
}  // namespace perch::bench

int main(int argc, char** argv) { return perch::bench::run(argc, argv); }
