// A script of messages, answers and passing time against the session table: bounds hold, nothing speaks out of turn,
// and nobody gets what is not theirs. Input: bytes of script; per step an operation with the low bits choosing viewer
// and session, and for messages a length and a payload, or one of a few well-formed ones. A script that ends in kWide
// has all operations and kinds there are, and the byte before that says what viewers may do; others have the first ten
// operations and six kinds in open access.
#include "hal/base/bytes.hpp"
#include "signaling/sdp/candidate.hpp"
#include "signaling/session_table.hpp"
#include "tests/fuzz/signaling/require.hpp"

namespace {

using namespace perch;
using namespace perch::signaling;

constexpr std::uint64_t kMaxViewers = 3;
constexpr std::uint8_t kWide = 0xA5;

SessionKey key_of(std::uint8_t choice) {
  return {std::string(1, static_cast<char>('a' + choice % 8)),
          std::string(21, 's') + static_cast<char>('0' + choice / 8 % 4)};
}

/// As sealed access decides for the session table, without its ciphers: those have a target of their own.
class InvitedOnly final : public OpenAccess {
 public:
  explicit InvitedOnly(std::uint8_t choice) : choice_(choice) {}
  [[nodiscard]] bool answers_strangers() const override { return bit(4); }
  [[nodiscard]] Result<std::string> open(const MessageAddress& from, const Epochs& epochs, ByteView payload) override {
    if (from.key.viewer == "h") return fail(Errc::kUnauthorized, "not invited");
    return OpenAccess::open(from, epochs, payload);
  }
  [[nodiscard]] Result<std::string> seal(const MessageAddress& to, const Epochs& epochs, std::string body) override {
    if (bit(5) && to.key.viewer == "g") return fail(Errc::kUnauthorized, "revoked meanwhile");
    return OpenAccess::seal(to, epochs, std::move(body));
  }
  [[nodiscard]] Rights rights_of(std::string_view viewer) const override {
    if (viewer == "h") return {};
    return {.watch = bit(0), .listen = bit(1), .talk = bit(2), .control = bit(3)};
  }

 private:
  [[nodiscard]] bool bit(unsigned index) const { return (choice_ >> index & 1) != 0; }
  const std::uint8_t choice_;
};

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

Body well_formed_wide(std::uint8_t choice) {
  switch (choice % 12) {
    case 6: return Control{ControlRequest{}};
    case 7: return Control{ControlRequest{"brightness", -64}};
    case 8: return ErrorMessage{ErrorCode::kBadRequest, "no"};
    case 9: return Notice{};
    case 10: return Candidates{};  // asks what was missed
    case 11: return Candidates{{{"candidate:1 1 udp 1 not:an:address 5 typ host", "0"}}, false};
    default: return well_formed(choice % 12);
  }
}

std::string kind_word(std::uint8_t choice) {
  const std::size_t index = choice % 16;
  return index < std::variant_size_v<Body> ? to_string(static_cast<Kind>(index)) : "unheard-of";
}

class Script {
 public:
  explicit Script(ByteView bytes)
      : wide_(bytes.size() >= 2 && bytes.back() == kWide),
        in_(wide_ ? bytes.first(bytes.size() - 2) : bytes),
        table_(now_, "p", camera(), access_of(bytes), random_) {}
  void run() {
    while (in_.remaining() > 2) {
      const std::uint8_t operation = in_.u8();
      const SessionKey key = key_of(in_.u8());
      step(wide_ ? operation % 20 : operation % 10, key);
      check();
    }
  }

 private:
  void step(unsigned operation, const SessionKey& key) {
    switch (operation) {
      case 0: return message_of_any_kind(key);
      case 1: return message(key, std::string(as_text(in_.view(in_.u8() % 16))), "{}");
      case 2: return table_.send_answer(key, "v=0");
      case 3: return table_.send_offer(key, "v=0");
      case 4: return table_.send_candidate(key, {"candidate:x", "0"});
      case 5: return table_.reject_offer(now_, key, ErrorCode::kBadRequest, "no");
      case 6: return table_.on_ice_connected(key);
      case 7: now_ += milliseconds(in_.u16()); return table_.on_deadline(now_);
      case 10: return table_.on_message(now_, "p/cam/state", as_bytes(table_.last_will().payload));
      case 11: return table_.on_message(now_, "p/cam/state", in_.view(in_.u8()));
      case 12: return message_anywhere();
      case 13: return table_.set_camera(static_cast<CameraHealth>(in_.u8() % 3));
      case 14: return table_.set_draining(in_.u8() % 2 == 0);
      case 15: return table_.send_notice(key, {static_cast<Notice::Picture>(in_.u8() % 3)});
      case 16: return table_.send_control_report(key, {{}, "no such control"});
      case 17: return table_.send_end_of_candidates(key);
      case 18: return table_.on_broker_connected();
      case 19: return end(in_.u8() % 4, key);
      default: break;
    }
    const std::uint8_t choice = in_.u8();
    const Body body = wide_ ? well_formed_wide(choice) : well_formed(choice);
    message(key, to_string(kind_of(body)), write_message({in_.u8(), ""}, body));
  }
  void end(unsigned how, const SessionKey& key) {
    switch (how) {
      case 0: table_.send_bye(key, Reason::kRevoked); return;
      case 1: (void)table_.end_viewer(key.viewer, Reason::kRevoked); break;
      case 2: table_.end_all(Reason::kRestarting); break;
      default: return go_offline();
    }
    PERCH_REQUIRE(table_.sessions_of(key.viewer) == 0);
  }
  void go_offline() {
    table_.go_offline();
    std::optional<Publication> last;
    while (auto out = table_.next_publication()) last = std::move(out);
    PERCH_REQUIRE(last && *last == table_.last_will());
    offline_ = true;
  }
  void message_anywhere() {
    const std::string_view topic = as_text(in_.view(in_.u8() % 32));
    table_.on_message(now_, topic, in_.view(in_.u8()));
  }
  void message_of_any_kind(const SessionKey& key) {
    const std::uint8_t kind = in_.u8();
    const std::string payload(as_text(in_.view(in_.u8())));
    message(key, wide_ ? kind_word(kind) : to_string(static_cast<Kind>(kind % 6)), payload);
  }
  void message(const SessionKey& key, const std::string& kind, const std::string& payload) {
    table_.on_message(now_, "p/cam/in/" + key.viewer + "/" + key.session + "/" + kind, as_bytes(payload));
  }
  void check() {
    PERCH_REQUIRE(table_.size() <= kMaxViewers);
    PERCH_REQUIRE(table_.deadline() > now_ - seconds(66));
    while (const auto event = table_.next_event()) std::visit([this](const auto& one) { check_event(one); }, *event);
    while (const auto out = table_.next_publication()) {
      PERCH_REQUIRE(!offline_);
      PERCH_REQUIRE(out->topic.starts_with(out->retain ? "p/cam/state" : "p/cam/to/"));
      PERCH_REQUIRE(JsonDocument::parse(out->payload));
    }
  }
  void check_event(const ControlReceived& event) const {
    PERCH_REQUIRE(table_.has(event.key) && table_.rights_of(event.key.viewer).control);
  }
  void check_event(const CandidatesReceived& event) const {
    for (const IceCandidate& one : event.candidates) PERCH_REQUIRE(sdp::parse_candidate(one.candidate));
  }
  void check_event(const SessionEnded& event) const { PERCH_REQUIRE(!table_.has(event.key)); }
  template <typename Event>
  void check_event(const Event& event) const {
    PERCH_REQUIRE(table_.has(event.key) && table_.rights_of(event.key.viewer).watch);
  }

  static CameraState camera() {
    CameraState state;
    state.id = "cam";
    state.max_viewers = kMaxViewers;
    return state;
  }
  [[nodiscard]] std::unique_ptr<AccessPolicy> access_of(ByteView bytes) const {
    if (!wide_) return std::make_unique<OpenAccess>();
    return std::make_unique<InvitedOnly>(bytes[bytes.size() - 2]);
  }
  const bool wide_;
  ByteReader in_;
  TimePoint now_{seconds(1000)};
  SeededRandom random_{1};
  bool offline_ = false;
  SessionTable table_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Script({data, size}).run();
  return 0;
}
