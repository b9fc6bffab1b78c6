// Any lines on the control socket, to all that listen there: each gets exactly one answer, which is one line of JSON
// but for plain metrics and the bytes after a snapshot's line.
#include <algorithm>
#include <cstdlib>

#include "agent/camera_commands.hpp"
#include "agent/json_fields.hpp"
#include "agent/operator_commands.hpp"
#include "agent/viewer_commands.hpp"
#include "hal/base/text.hpp"

namespace {

using namespace perch;
using namespace perch::agent;

constexpr std::size_t kMaxLines = 8;
const Bytes kJpeg{0xff, 0xd8, '\n', 0};

void require(bool condition) {
  if (!condition) std::abort();
}

void check_answer(std::string_view request, const std::string& answer) {
  if (request == "metrics") return require(answer.ends_with("# EOF"));
  const std::size_t end = answer.find('\n');
  const auto document = signaling::JsonDocument::parse(answer.substr(0, end));
  // Strings are repeated in the answer, whatever they hold; only one that repeats too much may fail to parse.
  if (!document) return require(end == std::string::npos && answer.size() >= signaling::kMaxJsonBytes);
  if (end != std::string::npos)
    require(answer.substr(end + 1) == as_text(kJpeg) &&
            number_of(document->root(), "bytes") == std::to_string(kJpeg.size()));
}

/// No question changes it, and the kernel takes milliseconds to end its watch: the same for all inputs.
struct Invited {
  EventLoop loop;
  InvitedViewers viewers{loop, "/nowhere/viewers", {[](const std::string&, signaling::Reason) {}, [] {}}};
};

/// As the daemon has them, one after the other.
class Daemon {
 public:
  explicit Daemon(Invited& invited) : loop_(invited.loop), viewer_commands_(invited.viewers, nobody_watches) {}

  void ask(std::string_view request) {
    const std::size_t index = open_.size();
    open_.push_back(true);
    const auto reply = [this, request, index](const std::string& line) {
      require(open_[index]);
      open_[index] = false;
      check_answer(request, line);
      if (waiting_ && all_answered()) loop_.quit();
    };
    const std::string text(request);
    if (operator_.handle(text, reply) || viewer_commands_.handle(text, reply)) return;
    camera_.handle(text, reply);
  }
  void wait_for_answers() {
    waiting_ = true;
    if (!all_answered()) loop_.run();
  }

 private:
  OperatorCommands::Hooks hooks() {
    return {.status = [](const std::function<void(const AgentStatus&)>& then) { then({}); },
            .state = [] { return R"({"online":true})"; },
            .snapshot = [](const std::function<void(Result<Bytes>)>& then) { then(kJpeg); },
            .privacy = [this] { return privacy_; },
            .set_privacy = [this](bool on) { return privacy_ = on, Result<void>(); },
            .drain = [] {}};
  }
  [[nodiscard]] bool all_answered() const { return std::ranges::find(open_, true) == open_.end(); }

  static std::size_t nobody_watches(const std::string&) { return 0; }

  EventLoop& loop_;
  bool privacy_ = false;
  std::vector<bool> open_;  // of each question: not answered yet
  bool waiting_ = false;
  OperatorCommands operator_{hooks()};
  ViewerCommands viewer_commands_;
  CameraCommands camera_{loop_, "pattern", [](const std::string&) {}};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Invited invited;
  Daemon daemon(invited);
  auto lines = split(as_text({data, size}), '\n');
  if (lines.size() > kMaxLines) lines.resize(kMaxLines);
  for (const std::string_view line : lines) daemon.ask(line);
  daemon.wait_for_answers();
  return 0;
}
