// Who may speak to the camera, and how payloads are wrapped: the seam between topics and message bodies.
#pragma once

#include <string>
#include <string_view>

#include "hal/base/bytes.hpp"
#include "hal/base/result.hpp"
#include "signaling/rights.hpp"
#include "signaling/topics.hpp"

namespace perch::signaling {

/// The camera's epochs that count right now. Borrowed for the call.
struct Epochs {
  std::string_view current;
  std::string_view previous;  ///< empty before the first rotation
};

/// Where a payload belongs; what an envelope authenticates along with it.
struct MessageAddress {
  std::string_view camera;
  const SessionKey& key;
  std::string_view kind;
};

/// One access mode. Thread: ctl.
class AccessPolicy {
 public:
  virtual ~AccessPolicy() = default;
  /// Value of `access` in the state: "open", "broker" or "sealed".
  [[nodiscard]] virtual const char* name() const = 0;
  /// Whether senders who did not authenticate get an `error`. If not, they get silence.
  [[nodiscard]] virtual bool answers_strangers() const = 0;
  /// Payload as it came to the JSON body inside. kUnauthorized: drop it, count it, say nothing.
  [[nodiscard]] virtual Result<std::string> open(const MessageAddress& from, const Epochs& epochs,
                                                 ByteView payload) = 0;
  /// JSON body to the payload to publish, under the current epoch.
  [[nodiscard]] virtual Result<std::string> seal(const MessageAddress& to, const Epochs& epochs, std::string body) = 0;
  /// What somebody may do whose message passed open(); nothing for who is not known.
  [[nodiscard]] virtual Rights rights_of(std::string_view viewer) const = 0;
};

/// Everybody whom the broker lets publish may watch; payloads are the JSON itself, whatever epoch it names. The
/// camera's controls are for the invited only: a plain message proves nothing about who sent it.
class OpenAccess : public AccessPolicy {
 public:
  [[nodiscard]] const char* name() const override { return "open"; }
  [[nodiscard]] bool answers_strangers() const override { return true; }
  [[nodiscard]] Result<std::string> open(const MessageAddress&, const Epochs&, ByteView payload) override {
    return std::string(as_text(payload));
  }
  [[nodiscard]] Result<std::string> seal(const MessageAddress&, const Epochs&, std::string body) override {
    return body;
  }
  [[nodiscard]] Rights rights_of(std::string_view) const override {
    return {.watch = true, .listen = true, .talk = true, .control = false};
  }
};

/// The broker's logins and access rules decide who may publish where; the camera takes its word for it.
class BrokerAccess final : public OpenAccess {
 public:
  [[nodiscard]] const char* name() const override { return "broker"; }
};

}  // namespace perch::signaling
