// Message structs to JSON.
#include "signaling/message_writer.hpp"

namespace perch::signaling {
namespace {

void write_want(JsonWriter& out, const Want& want) {
  out.begin_object("want")
      .member("video", want.video)
      .member("audio", want.audio)
      .member("talk", want.talk)
      .end_object();
}

void write_rights(JsonWriter& out, const std::optional<Rights>& rights) {
  if (rights) out.member("rights", words_of(*rights));
}

void write_control(JsonWriter& out, const ControlDescription& control) {
  out.begin_object().member("name", control.name).member("label", control.label).member("kind", control.kind);
  out.member("min", control.min).member("max", control.max).member("step", control.step);
  out.member("default", control.default_value).member("value", control.value).begin_array("items");
  for (const auto& [value, label] : control.items)
    out.begin_object().member("value", value).member("label", label).end_object();
  out.end_array().member("read_only", control.read_only).member("inactive", control.inactive).end_object();
}

const char* to_string(Notice::Picture picture) {
  switch (picture) {
    case Notice::Picture::kFull: return "full";
    case Notice::Picture::kLow: return "low";
    case Notice::Picture::kThinned: return "thinned";
  }
  return "full";
}

struct ControlWriter {
  JsonWriter& out;
  void operator()(const ControlRequest& request) const {
    if (request.name.empty()) return;
    out.begin_object("set").member("name", request.name).member("value", request.value).end_object();
  }
  void operator()(const ControlReport& report) const {
    out.begin_array("controls");
    for (const ControlDescription& control : report.controls) write_control(out, control);
    out.end_array();
    if (!report.error.empty()) out.member("error", report.error);
  }
};

struct BodyWriter {
  JsonWriter& out;
  void operator()(const Offer& offer) const {
    out.member("sdp", offer.sdp);
    write_want(out, offer.want);
    write_rights(out, offer.rights);
  }
  void operator()(const Answer& answer) const {
    out.member("sdp", answer.sdp);
    if (!answer.ice_servers.empty()) write_ice_servers(out, answer.ice_servers);
    write_rights(out, answer.rights);
  }
  void operator()(const Solicit& solicit) const { write_want(out, solicit.want); }
  void operator()(const Candidates& batch) const {
    out.begin_array("candidates");
    for (const IceCandidate& one : batch.list) {
      out.begin_object().member("candidate", one.candidate).member("mid", one.mid).end_object();
    }
    out.end_array().member("done", batch.done);
  }
  void operator()(const Bye& bye) const {
    out.member("reason", to_string(bye.reason));
    if (!bye.redirect.empty()) out.member("redirect", bye.redirect);
  }
  void operator()(const ErrorMessage& error) const {
    out.member("code", to_string(error.code)).member("message", error.message);
  }
  void operator()(const Control& control) const { std::visit(ControlWriter{out}, control); }
  void operator()(const Notice& notice) const { out.member("picture", to_string(notice.picture)); }
};

}  // namespace

void write_ice_servers(JsonWriter& out, const std::vector<IceServer>& servers) {
  out.begin_array("ice_servers");
  for (const IceServer& server : servers) {
    out.begin_object().member("urls", server.urls);
    if (!server.username.empty()) out.member("username", server.username);
    if (!server.credential.empty()) out.member("credential", server.credential);
    out.end_object();
  }
  out.end_array();
}

std::string write_message(const Envelope& envelope, const Body& body) {
  JsonWriter out;
  out.begin_object().member("v", kProtocolVersion).member("seq", envelope.seq).member("epoch", envelope.epoch);
  std::visit(BodyWriter{out}, body);
  return out.end_object().take();
}

}  // namespace perch::signaling
