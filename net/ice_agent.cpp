#include "net/ice_agent.hpp"

#include <gio/gio.h>
#include <linux/filter.h>
#include <nice/agent.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <map>

#include "hal/base/log.hpp"
#include "hal/base/out_of_memory.hpp"
#include "net/mdns/candidate_name.hpp"
#include "net/mdns/client.hpp"
#include "net/turn_credentials.hpp"
#include "net/turn_tls_tunnel.hpp"
#include "net/udp_batch.hpp"

namespace perch::net {
namespace {

constexpr char kModule[] = "ice";
constexpr guint kComponent = 1;
constexpr guint kPacingMs = 5;  // RFC 8445 §14.2: Ta is at least 5 ms; libnice's 20 ms costs a joiner 15 ms

constexpr std::size_t kMostLookups = 8;    // per viewer: a name for each of its addresses
constexpr char kOwnTurnName[] = "camera";  // how TURN servers' logs name us

struct AgentDeleter {
  void operator()(NiceAgent* agent) const { g_object_unref(agent); }
};
struct CandidateDeleter {
  void operator()(NiceCandidate* candidate) const { nice_candidate_free(candidate); }
};
struct SocketDeleter {
  void operator()(GSocket* socket) const { g_object_unref(socket); }
};
struct ArrayDeleter {
  void operator()(GPtrArray* array) const { g_ptr_array_unref(array); }
};
struct CandidatesDeleter {
  void operator()(GSList* candidates) const {
    g_slist_free_full(candidates, [](gpointer c) { nice_candidate_free(static_cast<NiceCandidate*>(c)); });
  }
};
struct TextDeleter {
  void operator()(gchar* text) const { g_free(text); }
};
using CandidatePtr = std::unique_ptr<NiceCandidate, CandidateDeleter>;

const char* type_name(NiceCandidateType type) {
  switch (type) {
    case NICE_CANDIDATE_TYPE_HOST: return "host";
    case NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE: return "srflx";
    case NICE_CANDIDATE_TYPE_PEER_REFLEXIVE: return "prflx";
    case NICE_CANDIDATE_TYPE_RELAYED: return "relay";
  }
  return "unknown";
}

std::string describe(const NiceCandidate& candidate) {
  std::array<char, NICE_ADDRESS_STRING_LEN> address{};
  nice_address_to_string(&candidate.addr, address.data());
  return std::string(type_name(candidate.type)) + ' ' + address.data() + ':' +
         std::to_string(nice_address_get_port(&candidate.addr));
}

bool is_listening(GSocket* socket) {
  int listening = 0;
  socklen_t size = sizeof listening;
  return ::getsockopt(g_socket_get_fd(socket), SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 && listening != 0;
}

/// A socket that does not hear loses what comes (socket(7), SO_ATTACH_FILTER); to close it is libnice's affair.
void hear_connections(int fd, bool on) {
  sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
  const sock_fprog program{1, &nothing};
  ::setsockopt(fd, SOL_SOCKET, on ? SO_DETACH_FILTER : SO_ATTACH_FILTER, &program, sizeof program);
}

NiceRelayType relay_type(IceServer::Kind kind) {
  return kind == IceServer::Kind::kTurnUdp ? NICE_RELAY_TYPE_TURN_UDP : NICE_RELAY_TYPE_TURN_TCP;
}

}  // namespace

class IceAgent::Impl {
 public:
  Impl(EventLoop& loop, bool controlling, Callbacks callbacks, mdns::Client* names);
  ~Impl();

  Result<void> configure(const IceConfig& config, const IceCredentials& local);
  Result<void> gather();
  void set_remote_credentials(const IceCredentials& remote);
  bool add_remote_candidate(const std::string& candidate);
  void remote_candidates_done();
  void restart(const IceCredentials& local, const IceCredentials& remote);
  std::size_t send(std::span<const ByteView> datagrams);
  [[nodiscard]] std::string selected_pair() const { return selected_pair_; }

 private:
  void connect_signals();
  /// libnice cannot pass exceptions on: without memory for what it says, this agent has failed.
  template <class F>
  void guarded(F call) {
    if (!within_memory([&] { call(*this); })) callbacks_.on_failed();
  }
  [[nodiscard]] Result<void> add_server(const IceServer& configured, const IceConfig& config);
  void on_candidate(NiceCandidate* candidate);
  void on_state(guint state);
  void on_selected_pair(const NiceCandidate& local, const NiceCandidate& remote);
  bool add_candidate(NiceCandidate* candidate);
  bool look_up(std::string_view name, const std::string& candidate);
  void on_looked_up(std::size_t number, const std::string& candidate);
  void report_candidates_again();
  void remember_listening();
  void listen(bool on);

  struct Lookups {
    std::map<std::size_t, std::unique_ptr<mdns::Client::Lookup>> open;
    std::size_t made = 0;
    bool all_known = false;  ///< the browser has told all its candidates
  };

  EventLoop& loop_;
  const Callbacks callbacks_;
  mdns::Client* const names_;
  Lookups lookups_;  ///< for the current credentials
  std::unique_ptr<NiceAgent, AgentDeleter> agent_;
  guint stream_ = 0;
  bool relays_configured_ = false;
  bool relay_only_ = false;  ///< then nobody's private address helps, and nobody near need hear that we look for one
  std::vector<std::unique_ptr<TurnTlsTunnel>> tunnels_;
  std::string selected_pair_;
  NiceAddress selected_remote_{};
  std::unique_ptr<GSocket, SocketDeleter> direct_;  ///< none when the pair is relayed or TCP
  std::vector<std::unique_ptr<GSocket, SocketDeleter>> listening_;
  UdpDestination destination_;
  UdpBatch batch_;
};

IceAgent::Impl::Impl(EventLoop& loop, bool controlling, Callbacks callbacks, mdns::Client* names)
    : loop_(loop), callbacks_(std::move(callbacks)), names_(names) {
  const auto options =
      static_cast<NiceAgentOption>(NICE_AGENT_OPTION_ICE_TRICKLE | NICE_AGENT_OPTION_CONSENT_FRESHNESS);
  agent_.reset(nice_agent_new_full(loop.native(), NICE_COMPATIBILITY_RFC5245, options));
  g_object_set(agent_.get(), "controlling-mode", controlling ? TRUE : FALSE, "upnp", FALSE, "stun-pacing-timer",
               kPacingMs, nullptr);
}

IceAgent::Impl::~Impl() {
  g_signal_handlers_disconnect_by_data(agent_.get(), this);
  nice_agent_attach_recv(agent_.get(), stream_, kComponent, loop_.native(), nullptr, nullptr);
  if (!relays_configured_) return;
  // A TURN allocation is given back (RFC 8656 §8) before the agent goes; the callback holds the last reference.
  nice_agent_close_async(
      agent_.get(), [](GObject* agent, GAsyncResult*, gpointer) { g_object_unref(agent); }, nullptr);
  static_cast<void>(agent_.release());
}

void IceAgent::Impl::connect_signals() {
  auto* candidate = +[](NiceAgent*, NiceCandidate* c, gpointer self) {
    static_cast<Impl*>(self)->guarded([&](Impl& impl) { impl.on_candidate(c); });
  };
  auto* done = +[](NiceAgent*, guint, gpointer self) { static_cast<Impl*>(self)->callbacks_.on_gathering_done(); };
  auto* state = +[](NiceAgent*, guint, guint, guint s, gpointer self) { static_cast<Impl*>(self)->on_state(s); };
  auto* pair = +[](NiceAgent*, guint, guint, NiceCandidate* l, NiceCandidate* r, gpointer self) {
    static_cast<Impl*>(self)->guarded([&](Impl& impl) { impl.on_selected_pair(*l, *r); });
  };
  g_signal_connect(agent_.get(), "new-candidate-full", G_CALLBACK(candidate), this);
  g_signal_connect(agent_.get(), "candidate-gathering-done", G_CALLBACK(done), this);
  g_signal_connect(agent_.get(), "component-state-changed", G_CALLBACK(state), this);
  g_signal_connect(agent_.get(), "new-selected-pair-full", G_CALLBACK(pair), this);
}

Result<void> IceAgent::Impl::configure(const IceConfig& config, const IceCredentials& local) {
  stream_ = nice_agent_add_stream(agent_.get(), 1);
  if (stream_ == 0) return fail(Errc::kInternal, "libnice gave no stream");
  if (!nice_agent_set_local_credentials(agent_.get(), stream_, local.ufrag.c_str(), local.pwd.c_str()))
    return fail(Errc::kInvalid, "libnice refused our ICE credentials");
  for (const std::string& text : config.local_addresses) {
    NiceAddress address;
    nice_address_init(&address);
    if (!nice_address_set_from_string(&address, text.c_str()))
      return fail(Errc::kInvalid, "[ice] local_addresses: " + in_quotes(text) + " is no IP address");
    nice_agent_add_local_address(agent_.get(), &address);
  }
  relay_only_ = config.force_relay;
  g_object_set(agent_.get(), "force-relay", gboolean{config.force_relay}, "ice-tcp", gboolean{config.tcp}, nullptr);
  for (const IceServer& server : config.servers)
    if (auto added = add_server(server, config); !added) return added;
  connect_signals();
  auto* receive = +[](NiceAgent*, guint, guint, guint length, gchar* bytes, gpointer self) {
    static_cast<Impl*>(self)->callbacks_.on_datagram({reinterpret_cast<const std::uint8_t*>(bytes), length});
  };
  nice_agent_attach_recv(agent_.get(), stream_, kComponent, loop_.native(), receive, this);
  return {};
}

Result<void> IceAgent::Impl::add_server(const IceServer& configured, const IceConfig& config) {
  const nanoseconds unix_now = NtpClock::from_system().unix_at(monotonic_now());
  auto server = with_credentials(configured, config.turn_secret, kOwnTurnName, unix_now);
  if (!server) return fail(Error(server.error()));
  if (server->kind == IceServer::Kind::kStun) {
    g_object_set(agent_.get(), "stun-server", server->host.c_str(), "stun-server-port", guint{server->port}, nullptr);
    return {};
  }
  if (server->kind == IceServer::Kind::kTurnTls) {
    // NICE_RELAY_TYPE_TURN_TLS is an imitation of TLS for two messengers of old; for everybody else it is plain TCP.
    auto tunnel = TurnTlsTunnel::create(loop_, *server, config.ca_file);
    if (!tunnel) {  // nearby viewers need no relay
      PERCH_WARN(kModule, "msg=\"a TURN server is left out\" reason=%s", in_quotes(tunnel.error().message()).c_str());
      return {};
    }
    server->host = "127.0.0.1";
    server->port = (*tunnel)->port();
    tunnels_.push_back(std::move(*tunnel));
  }
  relays_configured_ = true;
  nice_agent_set_relay_info(agent_.get(), stream_, kComponent, server->host.c_str(), server->port,
                            server->username.c_str(), server->credential.c_str(), relay_type(server->kind));
  return {};
}

Result<void> IceAgent::Impl::gather() {
  if (nice_agent_gather_candidates(agent_.get(), stream_)) {
    remember_listening();
    return {};
  }
  return fail(Errc::kUnavailable,
              "no usable network address (libnice leaves out loopback, docker*, veth* and virbr*; name addresses in "
              "[ice] local_addresses)");
}

/// Once somebody has connected libnice tells of that socket only.
void IceAgent::Impl::remember_listening() {
  const std::unique_ptr<GPtrArray, ArrayDeleter> sockets(nice_agent_get_sockets(agent_.get(), stream_, kComponent));
  for (guint i = 0; sockets && i < sockets->len; ++i) {
    auto* socket = static_cast<GSocket*>(g_ptr_array_index(sockets.get(), i));
    if (is_listening(socket)) listening_.emplace_back(static_cast<GSocket*>(g_object_ref(socket)));
  }
}

void IceAgent::Impl::set_remote_credentials(const IceCredentials& remote) {
  nice_agent_set_remote_credentials(agent_.get(), stream_, remote.ufrag.c_str(), remote.pwd.c_str());
}

bool IceAgent::Impl::add_remote_candidate(const std::string& candidate) {
  if (const auto name = mdns::name_in_candidate(candidate)) return look_up(*name, candidate);
  const CandidatePtr parsed(nice_agent_parse_remote_candidate_sdp(agent_.get(), stream_, ("a=" + candidate).c_str()));
  if (!parsed) return false;
  // RFC 8445 §5.1.1.1: loopback candidates MUST NOT be used between hosts, but serve a browser on this machine.
  return add_candidate(parsed.get());
}

bool IceAgent::Impl::add_candidate(NiceCandidate* candidate) {
  GSList only{candidate, nullptr};
  return nice_agent_set_remote_candidates(agent_.get(), stream_, kComponent, &only) > 0;
}

bool IceAgent::Impl::look_up(std::string_view name, const std::string& candidate) {
  if (names_ == nullptr || relay_only_ || lookups_.made >= kMostLookups) return false;
  const std::size_t number = lookups_.made;
  auto lookup = names_->look_up(name, [this, number, candidate](const std::optional<mdns::Address>& address) {
    on_looked_up(number, address ? mdns::with_address(candidate, mdns::to_string(*address)) : std::string());
  });
  if (!lookup) return false;
  ++lookups_.made;
  lookups_.open.emplace(number, std::move(lookup));
  return true;
}

void IceAgent::Impl::on_looked_up(std::size_t number, const std::string& candidate) {
  lookups_.open.erase(number);
  if (!candidate.empty()) {
    const bool used = add_remote_candidate(candidate);
    PERCH_DEBUG(kModule, "found_candidate=%s used=%d", in_quotes(candidate).c_str(), used);
  }
  if (lookups_.all_known) remote_candidates_done();
}

/// Told too early it would fail the search that the last address could have saved.
void IceAgent::Impl::remote_candidates_done() {
  lookups_.all_known = true;
  if (lookups_.open.empty()) nice_agent_peer_candidate_gathering_done(agent_.get(), stream_);
}

void IceAgent::Impl::restart(const IceCredentials& local, const IceCredentials& remote) {
  lookups_ = {};
  listen(true);
  nice_agent_restart_stream(agent_.get(), stream_);
  nice_agent_set_local_credentials(agent_.get(), stream_, local.ufrag.c_str(), local.pwd.c_str());
  set_remote_credentials(remote);
  report_candidates_again();
  if (!nice_address_is_valid(&selected_remote_)) return;
  // Until the browser checks again there is no pair to send on; its known address makes one at once.
  const CandidatePtr known(nice_candidate_new(NICE_CANDIDATE_TYPE_HOST));
  known->component_id = kComponent;
  known->stream_id = stream_;
  known->transport = NICE_CANDIDATE_TRANSPORT_UDP;
  known->addr = known->base_addr = selected_remote_;
  std::strcpy(known->foundation, "1");
  add_candidate(known.get());
}

/// The sockets stay, so do the candidates; but the browser's new generation has not heard of them.
void IceAgent::Impl::report_candidates_again() {
  const std::unique_ptr<GSList, CandidatesDeleter> candidates(
      nice_agent_get_local_candidates(agent_.get(), stream_, kComponent));
  for (GSList* item = candidates.get(); item != nullptr; item = item->next)
    on_candidate(static_cast<NiceCandidate*>(item->data));
  callbacks_.on_gathering_done();
}

void IceAgent::Impl::on_candidate(NiceCandidate* candidate) {
  // Browsers connect and never listen (RFC 6544 §4.5: active): what would connect from here finds nobody there.
  if (candidate->transport == NICE_CANDIDATE_TRANSPORT_TCP_ACTIVE) return;
  const std::unique_ptr<gchar, TextDeleter> line(nice_agent_generate_local_candidate_sdp(agent_.get(), candidate));
  if (!line) return;
  std::string text(line.get());
  if (text.starts_with("a=")) text.erase(0, 2);
  callbacks_.on_local_candidate(std::move(text));
}

void IceAgent::Impl::on_state(guint state) {
  PERCH_DEBUG(kModule, "state=%s", nice_component_state_to_string(static_cast<NiceComponentState>(state)));
  if (state == NICE_COMPONENT_STATE_CONNECTED || state == NICE_COMPONENT_STATE_READY) callbacks_.on_connected();
  if (state == NICE_COMPONENT_STATE_FAILED) callbacks_.on_failed();
}

void IceAgent::Impl::on_selected_pair(const NiceCandidate& local, const NiceCandidate& remote) {
  listen(false);
  selected_pair_ = describe(local) + " <-> " + describe(remote);
  selected_remote_ = remote.addr;
  const bool plain_udp = local.type != NICE_CANDIDATE_TYPE_RELAYED && local.transport == NICE_CANDIDATE_TRANSPORT_UDP;
  direct_.reset(plain_udp ? nice_agent_get_selected_socket(agent_.get(), stream_, kComponent) : nullptr);
  if (!direct_) return;
  nice_address_copy_to_sockaddr(&remote.addr, reinterpret_cast<sockaddr*>(&destination_.address));
  const bool v4 = destination_.address.ss_family == AF_INET;
  destination_.length = v4 ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
}

/// libnice takes in whoever connects, as often as they do, for as long as the agent lives. Once a path is found nobody
/// has to any more, and what is connected stays.
void IceAgent::Impl::listen(bool on) {
  for (const auto& socket : listening_) hear_connections(g_socket_get_fd(socket.get()), on);
}

std::size_t IceAgent::Impl::send(std::span<const ByteView> datagrams) {
  if (direct_) return batch_.send(g_socket_get_fd(direct_.get()), destination_, datagrams);
  std::size_t sent = 0;
  for (const ByteView datagram : datagrams) {
    const int rc = nice_agent_send(agent_.get(), stream_, kComponent, static_cast<guint>(datagram.size()),
                                   reinterpret_cast<const gchar*>(datagram.data()));
    if (rc < 0) break;
    ++sent;
  }
  return sent;
}

IceAgent::IceAgent(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
IceAgent::~IceAgent() = default;

Result<std::unique_ptr<IceAgent>> IceAgent::create(EventLoop& loop, const IceConfig& config, bool controlling,
                                                   const IceCredentials& local, Callbacks callbacks,
                                                   mdns::Client* names) {
  auto impl = std::make_unique<Impl>(loop, controlling, std::move(callbacks), names);
  if (auto configured = impl->configure(config, local); !configured) return fail(std::move(configured.error()));
  return std::unique_ptr<IceAgent>(new IceAgent(std::move(impl)));
}

Result<void> IceAgent::gather() { return impl_->gather(); }
void IceAgent::set_remote_credentials(const IceCredentials& remote) { impl_->set_remote_credentials(remote); }
bool IceAgent::add_remote_candidate(const std::string& candidate) { return impl_->add_remote_candidate(candidate); }
void IceAgent::remote_candidates_done() { impl_->remote_candidates_done(); }
void IceAgent::restart(const IceCredentials& local, const IceCredentials& remote) { impl_->restart(local, remote); }
std::size_t IceAgent::send(std::span<const ByteView> datagrams) { return impl_->send(datagrams); }
std::string IceAgent::selected_pair() const { return impl_->selected_pair(); }

}  // namespace perch::net
