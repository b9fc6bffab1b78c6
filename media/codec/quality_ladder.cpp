#include "media/codec/quality_ladder.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "media/codec/pixel_convert.hpp"

namespace perch::codec {
namespace {

constexpr std::array kRates{30.0, 20.0, 15.0, 10.0, 5.0};  // [1/s]
constexpr Size kSmallest{320, 180};

struct Fraction {
  int numerator;
  int denominator;
};
constexpr std::array kSizes{Fraction{3, 4}, Fraction{1, 2}, Fraction{3, 8},
                            Fraction{1, 4}};  // 720p: 540, 360, 270, 180

double pixels_per_second(const PictureShape& shape) {
  return static_cast<double>(shape.size.width) * shape.size.height * shape.fps;
}

Size scaled(Size size, Fraction by) {
  return encode_size(size, {size.width * by.numerator / by.denominator, size.height * by.numerator / by.denominator});
}

}  // namespace

std::optional<Degrade> parse_degrade(std::string_view name) {
  if (name == "balanced") return Degrade::kBalanced;
  if (name == "framerate") return Degrade::kFramerate;
  if (name == "resolution") return Degrade::kResolution;
  if (name == "off") return Degrade::kOff;
  return std::nullopt;
}

QualityLadder::QualityLadder(Config config, Size size, double fps) : config_(config) {
  PictureShape shape{size, fps};
  const double affordable = static_cast<double>(config.ceiling.bps()) * kFullShare / pixels_per_second(shape);
  bits_per_pixel_ = std::min(kBitsPerPixel, affordable);
  add_rung(shape);
  if (config.degrade == Degrade::kBalanced || config.degrade == Degrade::kFramerate) {
    for (const double rate : kRates) {
      if (rate >= fps || rate < config.min_fps) continue;
      shape.fps = rate;
      add_rung(shape);
    }
  }
  if (config.degrade == Degrade::kBalanced || config.degrade == Degrade::kResolution) {
    for (const Fraction by : kSizes) {
      shape.size = scaled(size, by);
      if (shape.size.width >= kSmallest.width && shape.size.height >= kSmallest.height) add_rung(shape);
    }
  }
}

void QualityLadder::add_rung(PictureShape shape) {
  rungs_.push_back({shape, pixels_per_second(shape) * bits_per_pixel_});
}

std::size_t QualityLadder::best_for(Bitrate target) const {
  const auto suits = std::ranges::find_if(
      rungs_, [&](const Rung& rung) { return rung.needed_bps <= static_cast<double>(target.bps()); });
  return suits == rungs_.end() ? rungs_.size() - 1 : static_cast<std::size_t>(suits - rungs_.begin());
}

const PictureShape& QualityLadder::update(TimePoint now, Bitrate target) {
  go_down(now, target);
  go_up(now, target);
  return current();
}

void QualityLadder::go_down(TimePoint now, Bitrate target) {
  const std::size_t best = best_for(target);
  if (best <= at_) return low_since_.reset();
  if (!low_since_) low_since_ = now;
  if (now - *low_since_ < kDownHold) return;
  at_ = best;
  low_since_.reset();
}

void QualityLadder::go_up(TimePoint now, Bitrate target) {
  const auto room = Bitrate::bps(static_cast<std::int64_t>(static_cast<double>(target.bps()) / kUpMargin));
  if (best_for(room) >= at_) return room_since_.reset();
  if (!room_since_) {
    room_since_ = now;
    least_room_ = room;
  }
  least_room_ = std::min(least_room_, room);
  if (now - *room_since_ < kUpHold) return;
  at_ = best_for(least_room_);
  room_since_.reset();
}

}  // namespace perch::codec
