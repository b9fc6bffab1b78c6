#include "signaling/mqtt_client.hpp"

#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "hal/base/log.hpp"
#include "hal/base/out_of_memory.hpp"
#include "hal/base/unique_fd.hpp"
#include "signaling/backoff.hpp"
#include "signaling/mqtt_attempt.hpp"

namespace perch::signaling {
namespace {

constexpr char kModule[] = "mqtt";
constexpr Duration kProven = seconds(5);        // what ends sooner was a failed attempt: the next one waits longer
constexpr int kMaxUnacknowledged = 512;         // each of max_viewers (256) may be told two things at once
constexpr Duration kMiscInterval = seconds(5);  // keep-alive bookkeeping; no faster timer runs while idle

/// The address our end of the connection has is no longer this machine's: nothing can come back to it. RFC 1122 leaves
/// TCP to find out by its timers, which takes minutes.
bool is_orphan(int connection) {
  sockaddr_storage local{};
  socklen_t size = sizeof local;
  auto* address = reinterpret_cast<sockaddr*>(&local);
  if (::getsockname(connection, address, &size) != 0) return true;
  if (local.ss_family == AF_INET) reinterpret_cast<sockaddr_in&>(local).sin_port = 0;
  if (local.ss_family == AF_INET6) reinterpret_cast<sockaddr_in6&>(local).sin6_port = 0;
  const UniqueFd probe(::socket(local.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  return ::bind(probe.get(), address, size) != 0 && errno == EADDRNOTAVAIL;
}

struct Properties {
  ~Properties() { mosquitto_property_free_all(&list); }
  mosquitto_property* list = nullptr;
};

}  // namespace

class MqttClient::Impl {
 public:
  Impl(EventLoop& loop, Random& random, MqttOptions options, Callbacks callbacks)
      : loop_(loop),
        options_(std::move(options)),
        callbacks_(std::move(callbacks)),
        backoff_(random),
        retry_(loop, [this] { begin_attempt(); }),
        patience_(loop, [this] { on_attempt_timeout(); }),
        misc_(loop, [this] { on_misc(); }) {
    keep_tls_until_the_end();
    mosquitto_lib_init();
  }
  ~Impl() {
    connected_ = false;  // nobody left to tell
    drop_connection();
    mosquitto_lib_cleanup();
  }

  void start() { begin_attempt(); }
  void on_network_change();
  bool publish(const std::string& topic, const std::string& payload, bool retain);
  void stop(Duration patience);
  [[nodiscard]] bool connected() const { return connected_; }
  [[nodiscard]] MqttStatus status() const;

 private:
  void begin_attempt();
  MosquittoPtr make_client(const TlsContext* tls);
  [[nodiscard]] std::string tls_words(const TlsContext* tls, const std::string& otherwise) const;
  void set_will(mosquitto* client);
  void set_credentials(mosquitto* client);
  void on_attempt_done(const std::shared_ptr<MqttAttempt>& attempt, int rc, int error);
  void on_attempt_timeout();
  [[nodiscard]] std::string hung_up_words() const;
  void on_ready(unsigned ready);
  void on_misc();
  void on_connack(int reason);
  void service(int rc);
  void lose(const std::string& why);
  void drop_connection();
  void schedule_retry(const std::string& why);

  EventLoop& loop_;
  const MqttOptions options_;
  const Callbacks callbacks_;
  Backoff backoff_;
  std::shared_ptr<MqttAttempt> attempt_;  ///< while a thread is connecting
  std::unique_ptr<TlsContext> tls_;       // outlives the client
  MosquittoPtr client_;
  std::unique_ptr<IoWatch> watch_;
  Timer retry_;
  Timer patience_;
  Timer misc_;
  bool mqtt5_ = true;
  bool connected_ = false;
  std::string refusal_;  ///< the broker answered this attempt with no: its words
  bool callback_running_ = false;
  std::string unfit_;       ///< why the connection has to end, found out where it cannot be ended: see service()
  int unacknowledged_ = 0;  ///< publications libmosquitto holds on to; it has no bound of its own
  TimePoint connected_at_{};
  std::string last_failure_;  ///< a repeated failure is logged once
  std::uint64_t attempts_ = 0;
  std::uint64_t connects_ = 0;
};

MosquittoPtr MqttClient::Impl::make_client(const TlsContext* tls) {
  MosquittoPtr client(mosquitto_new(options_.client_id.c_str(), true, this));
  if (!client) return nullptr;
  mosquitto_int_option(client.get(), MOSQ_OPT_PROTOCOL_VERSION, mqtt5_ ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311);
  set_credentials(client.get());
  if (tls != nullptr) {
    mosquitto_void_option(client.get(), MOSQ_OPT_SSL_CTX, tls->native());
    mosquitto_int_option(client.get(), MOSQ_OPT_SSL_CTX_WITH_DEFAULTS, 0);  // ours says all there is to say
  }
  set_will(client.get());
  // libmosquitto cannot pass exceptions on. A message lost to a lack of memory is as one lost on the way.
  mosquitto_connect_v5_callback_set(client.get(),
                                    [](mosquitto*, void* self, int reason, int, const mosquitto_property*) {
                                      auto* impl = static_cast<Impl*>(self);
                                      if (within_memory([&] { impl->on_connack(reason); })) return;
                                      impl->unfit_ = "out of memory";  // not all is said that has to be
                                    });
  mosquitto_publish_v5_callback_set(client.get(), [](mosquitto*, void* self, int, int, const mosquitto_property*) {
    --static_cast<Impl*>(self)->unacknowledged_;
  });
  mosquitto_message_callback_set(client.get(), [](mosquitto*, void* self, const mosquitto_message* message) {
    const auto* bytes = static_cast<const std::uint8_t*>(message->payload);
    const ByteView payload(bytes, static_cast<std::size_t>(message->payloadlen));
    if (!within_memory([&] { static_cast<Impl*>(self)->callbacks_.on_message(message->topic, payload); }))
      PERCH_ERROR(kModule, "msg=\"out of memory, a message is lost\"");
  });
  return client;
}

void MqttClient::Impl::set_credentials(mosquitto* client) {
  if (!options_.username.empty())
    mosquitto_username_pw_set(client, options_.username.c_str(),
                              options_.password.empty() ? nullptr : options_.password.c_str());
}

std::string MqttClient::Impl::tls_words(const TlsContext* tls, const std::string& otherwise) const {
  return tls == nullptr || tls->trouble().empty() || connected_ ? otherwise : tls->trouble();
}

void MqttClient::Impl::set_will(mosquitto* client) {
  if (options_.will_topic.empty()) return;
  mosquitto_will_set(client, options_.will_topic.c_str(), static_cast<int>(options_.will_payload.size()),
                     options_.will_payload.data(), 1, true);
}

void MqttClient::Impl::begin_attempt() {
  ++attempts_;
  std::unique_ptr<TlsContext> tls;
  if (options_.broker.tls) {
    auto made = TlsContext::create(options_.tls, options_.broker.host);
    if (!made) return schedule_retry(made.error().message());  // the file may be renewed meanwhile
    tls = std::move(*made);
  }
  MosquittoPtr client = make_client(tls.get());
  if (!client) return schedule_retry("out of memory");
  attempt_ = std::make_shared<MqttAttempt>(loop_, std::move(tls), std::move(client), options_.broker);
  patience_.set(monotonic_now() + kAttemptTimeout);
  MqttAttempt::begin(attempt_, [this](const auto& attempt, int rc, int error) { on_attempt_done(attempt, rc, error); });
}

std::string MqttClient::Impl::hung_up_words() const {
  const bool shared_key = !options_.tls.psk_identity.empty();
  return std::string("the broker hung up during TLS, ") +
         (shared_key ? "is the shared key right?" : "is that its port for TLS, or does it want a certificate of ours?");
}

void MqttClient::Impl::on_attempt_done(const std::shared_ptr<MqttAttempt>& attempt, int rc, int error) {
  if (rc != MOSQ_ERR_SUCCESS) {
    // Whether we still hear why it hung up is a matter of timing; libmosquitto says EPROTO for TLS's own errors.
    const bool during_tls = error == ECONNRESET || error == EPIPE || error == EPROTO;
    const bool hung_up = attempt->tls && rc == MOSQ_ERR_ERRNO && during_tls;
    const std::string otherwise = hung_up ? hung_up_words() : attempt->words_for(rc, error);
    const std::string why = tls_words(attempt->tls.get(), otherwise);
    attempt_.reset();
    return schedule_retry(why);
  }
  tls_ = std::move(attempt->tls);
  client_ = std::move(attempt->client);
  attempt_.reset();
  refusal_.clear();
  watch_ =
      std::make_unique<IoWatch>(loop_, mosquitto_socket(client_.get()), [this](unsigned ready) { on_ready(ready); });
  misc_.set(monotonic_now() + kMiscInterval);
  service(MOSQ_ERR_SUCCESS);
}

void MqttClient::Impl::on_attempt_timeout() {
  if (attempt_) {
    const std::string who = attempt_->looked_up() ? "" : " from DNS about " + options_.broker.host;
    attempt_->abandon();
    attempt_.reset();
    return schedule_retry("no answer in 10 s" + who);
  }
  if (!connected_) lose("something takes the connection and says nothing in 10 s");
}

void MqttClient::Impl::on_ready(unsigned ready) {
  int rc = MOSQ_ERR_SUCCESS;
  callback_running_ = true;
  // TLS may hold several packets behind one readable socket, and a packet at a time is what libmosquitto reads.
  const int turns = options_.broker.tls ? 8 : 1;
  for (int i = 0; i < turns && rc == MOSQ_ERR_SUCCESS && unfit_.empty() && (ready & IoWatch::kRead); ++i)
    rc = mosquitto_loop_read(client_.get(), 1);
  callback_running_ = false;
  service(rc);
}

void MqttClient::Impl::on_misc() {
  misc_.set(monotonic_now() + kMiscInterval);
  service(mosquitto_loop_misc(client_.get()));
}

/// After any call into libmosquitto: flush, ask for writability only when needed, notice the end.
void MqttClient::Impl::service(int rc) {
  if (!client_) return;
  if (!unfit_.empty()) return lose(std::exchange(unfit_, {}));
  if (rc == MOSQ_ERR_SUCCESS && mosquitto_want_write(client_.get())) rc = mosquitto_loop_write(client_.get(), 1);
  if (rc == MOSQ_ERR_SUCCESS && mosquitto_socket(client_.get()) >= 0) {
    watch_->want(IoWatch::kRead | (mosquitto_want_write(client_.get()) ? IoWatch::kWrite : 0U));
    return;
  }
  lose(tls_words(tls_.get(), rc == MOSQ_ERR_SUCCESS ? "closed by the broker" : mosquitto_strerror(rc)));
}

void MqttClient::Impl::on_connack(int reason) {
  if (connected_) {  // MQTT 5 §3.2: not more than one; each would have us subscribe and tell everything once more
    unfit_ = "the broker breaks the protocol, it let us in twice";
    return;
  }
  patience_.set(kNever);
  if (reason != 0) {
    // A 3.1.1-only broker says "unsupported protocol version": 0x84 in MQTT 5 words, 1 in 3.1.1 words.
    if (mqtt5_ && (reason == MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION || reason == 1)) mqtt5_ = false;
    const char* words = mqtt5_ ? mosquitto_reason_string(reason) : mosquitto_connack_string(reason);
    refusal_ = std::string("the broker refused us: ") + words + " (check [broker] username and password_file)";
    return;
  }
  connected_ = true;
  connected_at_ = monotonic_now();
  ++connects_;
  last_failure_.clear();
  for (const std::string& filter : options_.subscriptions)
    mosquitto_subscribe(client_.get(), nullptr, filter.c_str(), 1);
  PERCH_INFO(kModule, "state=connected host=%s port=%u version=%s", in_quotes(options_.broker.host).c_str(),
             options_.broker.port, mqtt5_ ? "5" : "3.1.1");
  callbacks_.on_connected();
}

void MqttClient::Impl::lose(const std::string& why) {
  // Hung up on before CONNACK: perhaps it does not speak our version, so try the other one next.
  if (!connected_ && refusal_.empty()) mqtt5_ = !mqtt5_;
  drop_connection();
  schedule_retry(refusal_.empty() ? why : refusal_);
}

void MqttClient::Impl::drop_connection() {
  if (attempt_) attempt_->abandon();
  attempt_.reset();
  watch_.reset();
  misc_.set(kNever);
  patience_.set(kNever);
  client_.reset();
  tls_.reset();
  unfit_.clear();
  unacknowledged_ = 0;
  if (!std::exchange(connected_, false)) return;
  if (monotonic_now() - connected_at_ >= kProven) backoff_.reset();
  PERCH_WARN(kModule, "state=disconnected host=%s", in_quotes(options_.broker.host).c_str());
  callbacks_.on_disconnected();
}

void MqttClient::Impl::schedule_retry(const std::string& why) {
  patience_.set(kNever);
  const Duration delay = backoff_.next();
  if (why != last_failure_) {
    PERCH_WARN(kModule, "state=retrying host=%s port=%u reason=%s next_ms=%lld",
               in_quotes(options_.broker.host).c_str(), options_.broker.port, in_quotes(why).c_str(),
               static_cast<long long>(to_ms(delay)));
    last_failure_ = why;
  }
  retry_.set(monotonic_now() + delay);
}

MqttStatus MqttClient::Impl::status() const {
  const std::string address = options_.broker.host + ':' + std::to_string(options_.broker.port);
  return {connected_, address, attempts_, connects_, connected_ ? "" : last_failure_};
}

bool MqttClient::Impl::publish(const std::string& topic, const std::string& payload, bool retain) {
  if (!connected_) return false;
  Properties properties;
  if (mqtt5_ && !retain)
    mosquitto_property_add_int32(&properties.list, MQTT_PROP_MESSAGE_EXPIRY_INTERVAL,
                                 static_cast<std::uint32_t>(kMessageExpiry / seconds(1)));
  const int rc = mosquitto_publish_v5(client_.get(), nullptr, topic.c_str(), static_cast<int>(payload.size()),
                                      payload.data(), 1, retain, properties.list);
  if (rc == MOSQ_ERR_SUCCESS && ++unacknowledged_ > kMaxUnacknowledged)
    unfit_ = "the broker does not acknowledge what we publish";
  // Inside a read callback the caller's turn ends in service(); tearing down here would pull the rug from under it.
  if (!callback_running_) service(rc);
  return rc == MOSQ_ERR_SUCCESS;
}

void MqttClient::Impl::on_network_change() {
  if (client_ && !is_orphan(mosquitto_socket(client_.get()))) return;
  drop_connection();  // gives up an attempt as well, which may be on its way from nowhere
  backoff_.reset();
  retry_.set(monotonic_now());
}

void MqttClient::Impl::stop(Duration patience) {
  retry_.set(kNever);
  if (client_ && connected_) {
    const TimePoint end = monotonic_now() + patience;
    while (mosquitto_want_write(client_.get()) && monotonic_now() < end) {
      pollfd waiting{mosquitto_socket(client_.get()), POLLOUT, 0};
      ::poll(&waiting, 1, static_cast<int>(to_ms(end - monotonic_now())));
      if (mosquitto_loop_write(client_.get(), 1) != MOSQ_ERR_SUCCESS) break;
    }
    mosquitto_disconnect(client_.get());
    mosquitto_loop_write(client_.get(), 1);
    connected_ = false;
  }
  drop_connection();
}

MqttClient::MqttClient(EventLoop& loop, Random& random, MqttOptions options, Callbacks callbacks)
    : impl_(std::make_unique<Impl>(loop, random, std::move(options), std::move(callbacks))) {}
MqttClient::~MqttClient() = default;
void MqttClient::start() { impl_->start(); }
void MqttClient::on_network_change() { impl_->on_network_change(); }
bool MqttClient::publish(const std::string& topic, const std::string& payload, bool retain) {
  return impl_->publish(topic, payload, retain);
}
void MqttClient::stop(Duration patience) { impl_->stop(patience); }
bool MqttClient::connected() const { return impl_->connected(); }
MqttStatus MqttClient::status() const { return impl_->status(); }

}  // namespace perch::signaling
