// Lets one viewer at a time speak through the board's loudspeaker.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "agent/talk_floor.hpp"
#include "hal/base/event_loop.hpp"
#include "media/codec/talk_pipeline.hpp"

namespace perch::agent {

/// Made, used and destroyed on ctl, but for on_packet(). Opens the loudspeaker for the first word and closes it a few
/// seconds after the last.
class Loudspeaker {
 public:
  /// On ctl: who speaks now, or nobody any more.
  using OnFloor = std::function<void(std::optional<net::LinkId> who)>;

  Loudspeaker(EventLoop& ctl, codec::TalkPipeline::Config config, OnFloor on_floor);
  ~Loudspeaker();
  Loudspeaker(const Loudspeaker&) = delete;
  Loudspeaker& operator=(const Loudspeaker&) = delete;

  /// Thread: net. Packets of whoever has not got the floor are dropped.
  void on_packet(net::LinkId who, net::InboundPacket packet);
  /// Nothing while it is closed.
  [[nodiscard]] std::optional<codec::TalkPipelineStats> stats() const;

 private:
  void begin(net::LinkId who);
  void tick();
  void open();
  void close();

  EventLoop& ctl_;
  const codec::TalkPipeline::Config config_;
  const OnFloor on_floor_;
  Timer timer_;
  std::optional<net::LinkId> speaker_;  // as on_floor_ was told
  TimePoint close_at_ = kNever;

  mutable std::mutex mutex_;
  TalkFloor floor_;                                // under mutex_
  std::unique_ptr<codec::TalkPipeline> pipeline_;  // under mutex_
};

}  // namespace perch::agent
