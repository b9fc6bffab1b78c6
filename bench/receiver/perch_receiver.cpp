// perch_receiver: many light viewers of one camera in one process, so that a bench can load a sender without browsers.
#include <getopt.h>

#include <array>
#include <cstdio>
#include <fstream>

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
  std::string json;
  std::uint64_t viewers = 1;
  std::uint64_t seconds = 10;
  std::uint64_t window = 0;  ///< [s] at the end, for what is counted per time; 0: all
  std::uint64_t plis = 0;
  bool look = false;
  bool progress = false;
};

class Receiver {
 public:
  explicit Receiver(Options options);
  /// Runs for the asked time after the last viewer has got its first packet; 0 when every viewer received.
  int run();

 private:
  void start_viewers();
  void on_message(std::string_view session, std::uint64_t seq, const Body& body);
  void check();
  void begin_window(TimePoint now);
  void tell_progress(TimePoint now);
  void finish();
  void write_json(double elapsed_s) const;

  /// What was counted when the window began.
  struct Before {
    std::uint64_t octets = 0;
    std::uint64_t keyframes = 0;
  };
  const Options options_;
  SystemRandom random_;
  EventLoop loop_;
  net::IceConfig ice_;
  std::vector<std::unique_ptr<BenchViewer>> viewers_;
  Timer check_timer_;
  TimePoint give_up_at_ = kNever;
  TimePoint started_at_ = kNever;
  TimePoint window_from_ = kNever;
  std::vector<Before> before_;
  TimePoint told_at_{};
  CameraLink camera_;
  int exit_code_ = 1;
};

Receiver::Receiver(Options options)
    : options_(std::move(options)),
      check_timer_(loop_, [this] { check(); }),
      camera_(loop_, random_, options_.address,
              {.on_ready = [this] { start_viewers(); },
               .on_message = [this](std::string_view session, std::uint64_t seq,
                                    const Body& body) { on_message(session, seq, body); }}) {
  if (!options_.local_address.empty()) ice_.local_addresses = {options_.local_address};
}

void Receiver::start_viewers() {
  if (!viewers_.empty()) return;
  const auto publish = [this](const SessionKey& key, const Body& body, std::uint64_t seq) {
    camera_.send(key, body, seq);
  };
  for (std::uint64_t i = 0; i < options_.viewers; ++i) {
    const SessionKey key{viewer_name(options_.address, i, "bench-" + std::to_string(i)), random_text(random_, 16)};
    viewers_.push_back(
        std::make_unique<BenchViewer>(ViewerContext{loop_, ice_, sim::test_certificate(1), random_,
                                                    NtpClock::from_system(), publish, options_.look, options_.plis},
                                      key));
    if (auto offered = viewers_.back()->offer(); !offered)
      std::fprintf(stderr, "%s: %s\n", key.viewer.c_str(), offered.error().message().c_str());
  }
}

void Receiver::on_message(std::string_view session, std::uint64_t seq, const Body& body) {
  for (auto& viewer : viewers_)
    if (viewer->key().session == session) viewer->on_message(seq, body);
}

/// About four lines a second: frames of all viewers so far, and when that was.
void Receiver::tell_progress(TimePoint now) {
  if (!options_.progress || now - told_at_ < milliseconds(250)) return;
  told_at_ = now;
  std::uint64_t frames = 0;
  for (const auto& viewer : viewers_) frames += viewer->stats().frames;
  std::printf("frames=%llu ms=%lld\n", static_cast<unsigned long long>(frames),
              static_cast<long long>(to_ms(now - started_at_)));
  std::fflush(stdout);
}

void Receiver::check() {
  const TimePoint now = monotonic_now();
  bool all = viewers_.size() == options_.viewers;
  for (const auto& viewer : viewers_) {
    all = all && viewer->first_rtp().has_value();
    if (viewer->failure().empty()) continue;
    std::fprintf(stderr, "%s failed: %s\n", viewer->key().viewer.c_str(), viewer->failure().c_str());
    return finish();
  }
  if (all && started_at_ == kNever) started_at_ = now;
  begin_window(now);
  if (all) tell_progress(now);
  const bool enough = started_at_ != kNever && now - started_at_ >= seconds(options_.seconds);
  if (enough) exit_code_ = 0;
  if (enough || (started_at_ == kNever && now > give_up_at_)) return finish();
  check_timer_.set(now + milliseconds(50));
}

void Receiver::begin_window(TimePoint now) {
  const std::uint64_t skip = options_.window == 0 ? 0 : options_.seconds - options_.window;
  if (started_at_ == kNever || !before_.empty() || now - started_at_ < seconds(skip)) return;
  window_from_ = now;
  for (const auto& viewer : viewers_) before_.push_back({viewer->stats().octets, viewer->stats().keyframes});
}

void Receiver::finish() {
  write_json(started_at_ == kNever ? 0 : static_cast<double>(to_ms(monotonic_now() - started_at_)) / 1000);
  for (auto& viewer : viewers_) viewer->hang_up();
  camera_.stop();
  loop_.quit();
}

void Receiver::write_json(double elapsed_s) const {
  if (options_.json.empty()) return;
  std::ofstream out(options_.json);
  const double window_s =
      window_from_ == kNever ? 0 : static_cast<double>(to_ms(monotonic_now() - window_from_)) / 1000;
  out << "{\"seconds\":" << elapsed_s << ",\"window\":" << window_s << ",\"viewers\":[";
  for (std::size_t i = 0; i < viewers_.size(); ++i) {
    const auto stats = viewers_[i]->stats();
    const double first_ms =
        viewers_[i]->first_rtp() ? static_cast<double>(to_us(*viewers_[i]->first_rtp())) / 1000 : -1;
    out << (i ? "," : "") << "{\"packets\":" << stats.packets << ",\"lost\":" << stats.given_up
        << ",\"frames\":" << stats.frames << ",\"nacks\":" << stats.nacks_sent << ",\"first_rtp_ms\":" << first_ms;
    if (i < before_.size())
      out << ",\"kbps\":" << 8 * static_cast<double>(stats.octets - before_[i].octets) / 1000 / window_s
          << ",\"keyframes\":" << stats.keyframes - before_[i].keyframes << ",\"plis\":" << viewers_[i]->plis_injected()
          << ",\"width\":" << viewers_[i]->picture().width;
    out << "}";
  }
  out << "]}\n";
}

int Receiver::run() {
  give_up_at_ = monotonic_now() + seconds(20);
  check_timer_.set(monotonic_now());
  camera_.start();
  loop_.run();
  return exit_code_;
}

std::optional<Options> parse_options(int argc, char** argv) {
  static const std::array<option, 13> kLong{{{"broker", 1, nullptr, 'b'},
                                             {"prefix", 1, nullptr, 'p'},
                                             {"camera", 1, nullptr, 'c'},
                                             {"viewers", 1, nullptr, 'n'},
                                             {"seconds", 1, nullptr, 's'},
                                             {"json", 1, nullptr, 'j'},
                                             {"local-address", 1, nullptr, 'a'},
                                             {"window", 1, nullptr, 'w'},
                                             {"plis", 1, nullptr, 'i'},
                                             {"look", 0, nullptr, 'l'},
                                             {"progress", 0, nullptr, 'P'},
                                             {"invitations", 1, nullptr, 'I'},
                                             {nullptr, 0, nullptr, 0}}};
  Options options;
  for (int letter; (letter = ::getopt_long(argc, argv, "", kLong.data(), nullptr)) != -1;) {
    switch (letter) {
      case 'b': options.address.broker = optarg; break;
      case 'p': options.address.prefix = optarg; break;
      case 'c': options.address.camera = optarg; break;
      case 'n': options.viewers = parse_decimal(optarg, 256).value_or(0); break;
      case 's': options.seconds = parse_decimal(optarg, 3600).value_or(0); break;
      case 'j': options.json = optarg; break;
      case 'a': options.local_address = optarg; break;
      case 'w': options.window = parse_decimal(optarg, 3600).value_or(0); break;
      case 'i': options.plis = parse_decimal(optarg, 1000).value_or(0); break;
      case 'l': options.look = true; break;
      case 'P': options.progress = true; break;
      case 'I': options.address.guests = invitations_or_exit(optarg); break;
      default: return std::nullopt;
    }
  }
  if (options.viewers == 0 || options.seconds == 0 || options.window > options.seconds ||
      !parse_broker_url(options.address.broker))
    return std::nullopt;
  return options;
}

int run(int argc, char** argv) {
  auto options = parse_options(argc, argv);
  if (!options) {
    std::fputs(
        "usage: perch_receiver --broker mqtt://HOST:PORT --camera ID --viewers N --seconds S [--json FILE]\n"
        "                      [--prefix P] [--local-address A] [--window S] [--plis PER_SECOND] [--look] "
        "[--progress]\n"
        "                      [--invitations FILE]\n"
        "--window: kbps and keyframes of the last S seconds; --look: into the pictures, for keyframes and width\n"
        "--invitations: links as perchctl invite prints them, one a line; viewers are these, the camera is sealed\n",
        stderr);
    return 2;
  }
  set_log_level(LogLevel::kWarning);
  return Receiver(std::move(*options)).run();
}

}  // namespace
}  // namespace perch::bench

int main(int argc, char** argv) { return perch::bench::run(argc, argv); }
