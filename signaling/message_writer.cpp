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

struct BodyWriter {
  JsonWriter& out;
  void operator()(const Offer& offer) const {
    out.member("sdp", offer.sdp);
    write_want(out, offer.want);
  }
  void operator()(const Answer& answer) const {
    out.member("sdp", answer.sdp);
    if (!answer.ice_servers.empty()) write_ice_servers(out, answer.ice_servers);
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
