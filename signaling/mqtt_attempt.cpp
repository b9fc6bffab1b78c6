#include "signaling/mqtt_attempt.hpp"

#include <mosquitto.h>
#include <netdb.h>

#include <cerrno>
#include <system_error>
#include <thread>
#include <utility>

namespace perch::signaling {
namespace {

constexpr int kKeepAliveSeconds = 30;

/// Whether a resolver knows the name. Apart from the connection, which looks it up once more: so that one that does not
/// answer is not taken for a broker that does not.
bool has_address(const std::string& host) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), nullptr, &wanted, &found) != 0) return false;
  ::freeaddrinfo(found);
  return true;
}

}  // namespace

void MosquittoDeleter::operator()(mosquitto* m) const { mosquitto_destroy(m); }

MqttAttempt::MqttAttempt(EventLoop& loop, std::unique_ptr<TlsContext> context, MosquittoPtr made, BrokerUrl to)
    : tls(std::move(context)), client(std::move(made)), broker_(std::move(to)), loop_(&loop) {}

void MqttAttempt::begin(const std::shared_ptr<MqttAttempt>& attempt, Done done) {
  // Detached, because getaddrinfo and connect may hang for minutes: an abandoned attempt frees itself when they return.
  std::thread([attempt, done = std::move(done)] {
    const int rc = attempt->connect();
    const int error = errno;
    attempt->post([attempt, rc, error, done] {
      if (!attempt->abandoned()) done(attempt, rc, error);
    });
  }).detach();
}

int MqttAttempt::connect() {
  if (!has_address(broker_.host)) return MOSQ_ERR_EAI;
  looked_up_ = true;
  // Blocking on purpose: only this way libmosquitto tries every address of a name (localhost is ::1 first).
  return mosquitto_connect_bind_v5(client.get(), broker_.host.c_str(), broker_.port, kKeepAliveSeconds, nullptr,
                                   nullptr);
}

std::string MqttAttempt::words_for(int rc, int error) const {
  if (rc == MOSQ_ERR_EAI) return "no address is known for " + broker_.host + " (DNS)";
  if (rc != MOSQ_ERR_ERRNO) return mosquitto_strerror(rc);
  return error == 0 ? "connection refused or unreachable" : std::generic_category().message(error);
}

void MqttAttempt::abandon() {
  const std::lock_guard lock(mutex_);
  loop_ = nullptr;
}

void MqttAttempt::post(std::function<void()> task) {
  const std::lock_guard lock(mutex_);
  if (loop_ != nullptr) loop_->post(std::move(task));
}

bool MqttAttempt::abandoned() {
  const std::lock_guard lock(mutex_);
  return loop_ == nullptr;
}

}  // namespace perch::signaling
