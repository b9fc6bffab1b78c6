// The topic tree of PROTOCOL.md: who speaks, to whom, in which session, of what.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tuple>

namespace perch::signaling {

/// The last level of a message topic.
enum class Kind { kOffer, kAnswer, kSolicit, kCandidates, kBye, kError, kControl, kNotice };
[[nodiscard]] const char* to_string(Kind kind);
/// Nothing for a word that version 1 does not know.
[[nodiscard]] std::optional<Kind> kind_from(std::string_view word);

/// Names of cameras and viewers: [A-Za-z0-9_-]{1,64}.
[[nodiscard]] bool is_id(std::string_view text);
/// 22 characters of base64url: 128 random bits drawn by the viewer.
[[nodiscard]] bool is_session_id(std::string_view text);
/// Levels without wildcards, NUL or emptiness, at most 200 bytes. MQTT 5 §4.7.
[[nodiscard]] bool is_prefix(std::string_view text);

/// One session of one viewer. Session ids are the viewer's choice, so the viewer is part of the key.
struct SessionKey {
  std::string viewer;
  std::string session;
  bool operator==(const SessionKey&) const = default;
  bool operator<(const SessionKey& other) const {
    return std::tie(viewer, session) < std::tie(other.viewer, other.session);
  }
};

/// The levels of a topic in the camera's inbox, as they came. Borrowed from the topic's text.
struct InboxTopic {
  std::string_view viewer;   ///< is_id() holds
  std::string_view session;  ///< not checked: see is_session_id()
  std::string_view kind;     ///< not checked: see kind_from()
};

/// The topics of one camera. Any thread: immutable.
class TopicTree {
 public:
  /// Both must have passed is_prefix() and is_id().
  TopicTree(std::string prefix, std::string camera)
      : root_(std::move(prefix) + '/' + camera), camera_(std::move(camera)) {}

  [[nodiscard]] const std::string& camera() const { return camera_; }
  [[nodiscard]] std::string state() const { return root_ + "/state"; }
  /// What viewers say to this camera.
  [[nodiscard]] std::string inbox_filter() const { return root_ + "/in/#"; }
  [[nodiscard]] std::string to_viewer(const SessionKey& to, Kind kind) const;
  /// Nothing unless `topic` lies in this camera's inbox, has all its levels and names a possible viewer: without one
  /// there is nobody to answer.
  [[nodiscard]] std::optional<InboxTopic> parse_inbox(std::string_view topic) const;

 private:
  std::string root_;
  std::string camera_;
};

/// The topic below the prefix, `CAMERA/in/VIEWER/SESSION/KIND`: what a sealed envelope authenticates.
[[nodiscard]] std::string message_path(std::string_view camera, std::string_view way, const SessionKey& key,
                                       std::string_view kind);

}  // namespace perch::signaling
