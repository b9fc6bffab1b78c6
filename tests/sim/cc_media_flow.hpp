// A camera and its viewer on a modelled network: RFC 8867's media source, our pacer, send log and controller.
#pragma once

#include <cstdint>
#include <vector>

#include "hal/base/random.hpp"
#include "net/congestion/congestion_controller.hpp"
#include "net/congestion/pacer.hpp"
#include "net/feedback_recorder.hpp"
#include "net/send_log.hpp"
#include "tests/sim/link_model.hpp"

namespace perch::sim {

struct MediaFlowConfig {
  TimePoint from{};
  TimePoint until = kNever;
  TimePoint pause_from = kNever;  ///< the source makes nothing in [pause_from, pause_until)
  TimePoint pause_until = kNever;
  Duration delay = milliseconds(50);  ///< one way, each direction
  Duration feedback_interval = milliseconds(50);
  Bitrate start = Bitrate::kbps(300);
  Bitrate least_media = Bitrate::kbps(150);  ///< RFC 8867 §4.3
  Bitrate most_media = Bitrate::kbps(1500);
  Bitrate most_rate;   ///< the controller's limit; 0: what the source can make
  bool audio = false;  ///< RFC 8867 §4.3: 20 kbit/s, here 50 packets per second
  bool probes = true;
  TimePoint probe_at = kNever;  ///< asks the controller to try `probe_rate`
  Bitrate probe_rate;
  double pacing_factor = 0;  ///< times the target; 0: as the controller says
  std::vector<std::pair<TimePoint, TimePoint>> feedback_lost;
};

/// What happened, packet by packet.
struct FlowLog {
  struct Delivered {
    TimePoint at{};
    Duration queue{};  ///< waited in the network
    std::uint32_t size = 0;
  };
  struct Sample {
    TimePoint at{};
    Bitrate target;
  };
  std::vector<Delivered> delivered;
  std::vector<Sample> targets;         ///< after each feedback
  std::vector<Duration> frame_delays;  ///< source to last packet arrived, without the one-way delay
  std::vector<Duration> audio_delays;  ///< pacer and network, without the one-way delay
  std::uint64_t sent = 0;              ///< packets
  std::uint64_t padding = 0;           ///< packets among them
  std::uint64_t dropped_in_pacer = 0;  ///< frames
};

/// 30 frames per second of N(1, 0.15) times the rate, the first one four times as large, 1,200 bytes per packet and 46
/// bytes of headers each.
class MediaFlow final : public Receiver {
 public:
  MediaFlow(const MediaFlowConfig& config, Scheduler& scheduler, LinkModel& forward, LinkModel& backward,
            std::uint64_t seed);
  MediaFlow(const MediaFlow&) = delete;
  MediaFlow& operator=(const MediaFlow&) = delete;

  void on_parcel(TimePoint now, const Parcel& parcel) override;
  [[nodiscard]] const FlowLog& log() const { return log_; }
  [[nodiscard]] const MediaFlowConfig& config() const { return config_; }
  [[nodiscard]] const net::CongestionController& controller() const { return controller_; }

 private:
  /// The way back: carries indexes into `feedbacks_`.
  struct FeedbackReceiver final : Receiver {
    explicit FeedbackReceiver(MediaFlow& owner) : flow(owner) {}
    void on_parcel(TimePoint now, const Parcel& parcel) override { flow.on_feedback(now, parcel.number); }
    MediaFlow& flow;
  };
  struct Frame {
    TimePoint made{};
    int missing = 0;
  };

  void make_frame(TimePoint now);
  void make_audio(TimePoint now);
  [[nodiscard]] std::int64_t frame_bytes(TimePoint now);
  void drive_pacer(TimePoint now);
  void send(TimePoint now, const net::Pacer::Leaving& packet);
  void report(TimePoint now);
  void on_feedback(TimePoint now, std::uint64_t index);
  void check_silence(TimePoint now);
  [[nodiscard]] bool feedback_is_lost(TimePoint now) const;

  MediaFlowConfig config_;
  Scheduler& scheduler_;
  LinkModel& forward_;
  LinkModel& backward_;
  SeededRandom random_;
  net::CongestionController controller_;
  net::Pacer pacer_;
  net::SendLog send_log_;
  FeedbackReceiver feedback_receiver_{*this};
  net::FeedbackRecorder recorder_;
  std::vector<net::rtcp::TransportFeedback> feedbacks_;
  std::vector<Frame> frames_;
  std::vector<TimePoint> audio_made_;
  TimePoint pacer_wakes_ = kNever;
  FlowLog log_;
};

}  // namespace perch::sim
