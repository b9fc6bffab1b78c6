// See writer.hpp.
#include "signaling/sdp/writer.hpp"

#include <initializer_list>
#include <string_view>

#include "signaling/sdp/attributes.hpp"

namespace perch::signaling::sdp {
namespace {

class LineWriter {
 public:
  /// One line of the concatenated parts.
  void line(std::initializer_list<std::string_view> parts) {
    for (const std::string_view part : parts) append(part);
    out_ += "\r\n";
  }
  void line_if(bool condition, std::string_view text) {
    if (condition) line({text});
  }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  void append(std::string_view part) {
    for (const char c : part) {
      if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) out_ += c;
    }
  }
  std::string out_;
};

template <class Words>
std::string joined(const Words& words) {
  std::string text;
  for (const auto& word : words) text.append(" ").append(word);
  return text;
}

void write_format(LineWriter& out, const Format& format) {
  const std::string pt = std::to_string(format.payload_type);
  const std::string channels = format.channels == 1 ? "" : "/" + std::to_string(format.channels);
  if (!format.encoding.empty()) {
    out.line({"a=rtpmap:", pt, " ", format.encoding, "/", std::to_string(format.clock_rate), channels});
  }
  for (const std::string& feedback : format.feedback) out.line({"a=rtcp-fb:", pt, " ", feedback});
  if (!format.parameters.empty()) out.line({"a=fmtp:", pt, " ", format.parameters});
}

void write_transport(LineWriter& out, const MediaDescription& media) {
  if (!media.ice_ufrag.empty()) out.line({"a=ice-ufrag:", media.ice_ufrag});
  if (!media.ice_pwd.empty()) out.line({"a=ice-pwd:", media.ice_pwd});
  out.line_if(media.trickle, "a=ice-options:trickle");
  for (const Fingerprint& one : media.fingerprints) out.line({"a=fingerprint:", one.algorithm, " ", one.value});
  if (media.setup) out.line({"a=setup:", to_string(*media.setup)});
  for (const std::string& candidate : media.candidates) out.line({"a=", candidate});
  out.line_if(media.end_of_candidates, "a=end-of-candidates");
}

void write_extension(LineWriter& out, const HeaderExtension& extension) {
  const std::string direction = extension.direction ? std::string("/") + to_string(*extension.direction) : "";
  out.line({"a=extmap:", std::to_string(extension.id), direction, " ", extension.uri});
}

void write_sources(LineWriter& out, const MediaDescription& media) {
  for (const SsrcGroup& group : media.ssrc_groups) {
    std::string ssrcs;
    for (const std::uint32_t ssrc : group.ssrcs) ssrcs.append(" ").append(std::to_string(ssrc));
    out.line({"a=ssrc-group:", group.semantics, ssrcs});
  }
  for (const SsrcAttribute& one : media.ssrcs) {
    const std::string_view colon = one.value.empty() ? "" : ":";
    out.line({"a=ssrc:", std::to_string(one.ssrc), " ", one.attribute, colon, one.value});
  }
}

void write_media(LineWriter& out, const MediaDescription& media) {
  out.line({"m=", media.kind, " ", std::to_string(media.port), " ", media.protocol, joined(media.targets)});
  out.line({"c=IN IP4 0.0.0.0"});  // RFC 9429 §5.2.1: addresses are ICE's business
  write_transport(out, media);
  if (!media.mid.empty()) out.line({"a=mid:", media.mid});
  for (const HeaderExtension& extension : media.extensions) write_extension(out, extension);
  out.line({"a=", to_string(media.direction)});
  if (!media.msid.empty()) out.line({"a=msid:", media.msid});
  out.line_if(media.bundle_only, "a=bundle-only");
  out.line_if(media.rtcp_mux, "a=rtcp-mux");
  out.line_if(media.rtcp_rsize, "a=rtcp-rsize");
  out.line_if(media.rcvr_rtt, "a=rtcp-xr:rcvr-rtt=all");
  for (const Format& format : media.formats) write_format(out, format);
  write_sources(out, media);
}

}  // namespace

std::string write(const SessionDescription& session) {
  LineWriter out;
  out.line({"v=0"});
  out.line({"o=- ", session.session_id, " ", std::to_string(session.session_version), " IN IP4 0.0.0.0"});
  out.line({"s=-"});
  out.line({"t=0 0"});
  out.line_if(session.ice_lite, "a=ice-lite");
  for (const std::vector<std::string>& mids : session.bundles) out.line({"a=group:BUNDLE", joined(mids)});
  for (const MediaDescription& media : session.media) write_media(out, media);
  return out.take();
}

}  // namespace perch::signaling::sdp
