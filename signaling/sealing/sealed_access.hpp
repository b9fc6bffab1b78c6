// Sealed access: only invited viewers can speak to the camera, and only they can read what it says.
#pragma once

#include "hal/base/random.hpp"
#include "signaling/access_policy.hpp"
#include "signaling/sealing/key_ring.hpp"

namespace perch::signaling {

/// PROTOCOL.md "Access". Strangers get silence. What is opened was sealed by the named viewer, for this camera, session
/// and kind, under the present epoch or the one before; that it comes once only is the session table's care. Thread:
/// ctl. Ring and random are borrowed.
class SealedAccess final : public AccessPolicy {
 public:
  static constexpr std::size_t kMaxSealedBytes = std::size_t{28} * 1024;

  SealedAccess(const KeyRing& ring, Random& random) : ring_(ring), random_(random) {}

  [[nodiscard]] const char* name() const override { return "sealed"; }
  [[nodiscard]] bool answers_strangers() const override { return false; }
  [[nodiscard]] Result<std::string> open(const MessageAddress& from, const Epochs& epochs, ByteView payload) override;
  [[nodiscard]] Result<std::string> seal(const MessageAddress& to, const Epochs& epochs, std::string body) override;
  [[nodiscard]] Rights rights_of(std::string_view viewer) const override { return ring_.rights_of(viewer); }

 private:
  const KeyRing& ring_;
  Random& random_;
};

}  // namespace perch::signaling
