// A script of messages, answers and passing time against the session table: bounds hold and nothing speaks out of turn.
// Input: bytes of script; per step an operation with the low bits choosing viewer and session, and for messages a
// length and a payload, or one of a few well-formed ones.
#include "hal/base/bytes.hpp"
#include "signaling/session_table.hpp"
#include "tests/fuzz/signaling/require.hpp"

namespace {

using namespace perch;
using namespace perch::signaling;

constexpr std::uint64_t kMaxViewers = 3;

SessionKey key_of(std::uint8_t choice) {
  return {std::string(1, static_cast<char>('a' + choice % 8)),
          std::string(21, 's') + static_cast<char>('0' + choice / 8 % 4)};
}

Body well_formed(std::uint8_t choice) {
  switch (choice % 6) {
    case 0: return Offer{"v=0", {}};
    case 1: return Solicit{};
    case 2: return Answer{"v=0", {}};
    case 3: return Candidates{{{"candidate:1 1 udp 1 192.0.2.1 5 typ host", "0"}}, choice > 128};
    case 4: return Candidates{std::vector<IceCandidate>(20), false};
    default: return Bye{Reason::kUserHangup, ""};
  }
}

class Script {
 public:
  explicit Script(ByteView bytes) : in_(bytes) {}
  void run() {
    while (in_.remaining() > 2) {
      step(in_.u8(), key_of(in_.u8()));
      check();
    }
  }

 private:
  void step(std::uint8_t operation, const SessionKey& key) {
    switch (operation % 10) {
      case 0: return message(key, to_string(static_cast<Kind>(in_.u8() % 6)), std::string(as_text(in_.view(in_.u8()))));
      case 1: return message(key, std::string(as_text(in_.view(in_.u8() % 16))), "{}");
      case 2: return table_.send_answer(key, "v=0");
      case 3: return table_.send_offer(key, "v=0");
      case 4: return table_.send_candidate(key, {"candidate:x", "0"});
      case 5: return table_.reject_offer(now_, key, ErrorCode::kBadRequest, "no");
      case 6: return table_.on_ice_connected(key);
      case 7: now_ += milliseconds(in_.u16()); return table_.on_deadline(now_);
      default: break;
    }
    const std::uint8_t choice = in_.u8();
    const Body body = well_formed(choice);
    message(key, to_string(kind_of(body)), write_message({in_.u8(), ""}, body));
  }
  void message(const SessionKey& key, const std::string& kind, const std::string& payload) {
    table_.on_message(now_, "p/cam/in/" + key.viewer + "/" + key.session + "/" + kind, as_bytes(payload));
  }
  void check() {
    PERCH_REQUIRE(table_.size() <= kMaxViewers);
    PERCH_REQUIRE(table_.deadline() > now_ - seconds(66));
    while (const auto event = table_.next_event()) {
    }
    while (const auto out = table_.next_publication()) {
      PERCH_REQUIRE(out->topic.starts_with(out->retain ? "p/cam/state" : "p/cam/to/"));
      PERCH_REQUIRE(JsonDocument::parse(out->payload));
    }
  }

  static CameraState camera() {
    CameraState state;
    state.id = "cam";
    state.max_viewers = kMaxViewers;
    return state;
  }
  ByteReader in_;
  TimePoint now_{seconds(1000)};
  SeededRandom random_{1};
  SessionTable table_{now_, "p", camera(), std::make_unique<OpenAccess>(), random_};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Script({data, size}).run();
  return 0;
}
