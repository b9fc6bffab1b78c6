#include "net/turn_tls_tunnel.hpp"

#include <gio/gio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "hal/base/log.hpp"

namespace perch::net {
namespace {

constexpr char kModule[] = "ice";

struct Unref {
  void operator()(gpointer object) const { g_object_unref(object); }
};
struct ErrorDeleter {
  void operator()(GError* error) const { g_error_free(error); }
};
template <class T>
using Ref = std::unique_ptr<T, Unref>;
using ErrorPtr = std::unique_ptr<GError, ErrorDeleter>;

/// GIO's asynchronous calls answer on the context that is the thread's default when they begin.
class DefaultContext {
 public:
  explicit DefaultContext(GMainContext* context) : context_(context) { g_main_context_push_thread_default(context_); }
  ~DefaultContext() { g_main_context_pop_thread_default(context_); }
  DefaultContext(const DefaultContext&) = delete;
  DefaultContext& operator=(const DefaultContext&) = delete;

 private:
  GMainContext* context_;
};

void send_at_once(GSocketConnection* connection) {
  g_socket_set_option(g_socket_connection_get_socket(connection), IPPROTO_TCP, TCP_NODELAY, 1, nullptr);
}

void trust(GSocketClient*, GSocketClientEvent event, GSocketConnectable*, GIOStream* stream, gpointer authorities) {
  if (event != G_SOCKET_CLIENT_TLS_HANDSHAKING || authorities == nullptr) return;
  g_tls_connection_set_database(G_TLS_CONNECTION(stream), G_TLS_DATABASE(authorities));
}

/// What waits for the connection to the server: it outlives the tunnel by the time a cancelled call takes to end.
struct Pending {
  Ref<GSocketConnection> inner;
  Ref<GCancellable> cancel;
};

void on_joined(GObject*, GAsyncResult* result, gpointer) { g_io_stream_splice_finish(result, nullptr); }

void on_outer_connected(GObject* client, GAsyncResult* result, gpointer pending) {
  const std::unique_ptr<Pending> owned(static_cast<Pending*>(pending));
  GError* raw = nullptr;
  const Ref<GSocketConnection> outer(g_socket_client_connect_to_host_finish(G_SOCKET_CLIENT(client), result, &raw));
  const ErrorPtr error(raw);
  if (!outer) {
    if (!g_error_matches(raw, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      PERCH_WARN(kModule, "msg=\"no TLS to the TURN server\" reason=%s", in_quotes(raw->message).c_str());
    g_io_stream_close(G_IO_STREAM(owned->inner.get()), nullptr, nullptr);
    return;
  }
  send_at_once(outer.get());
  const auto both =
      static_cast<GIOStreamSpliceFlags>(G_IO_STREAM_SPLICE_CLOSE_STREAM1 | G_IO_STREAM_SPLICE_CLOSE_STREAM2);
  g_io_stream_splice_async(G_IO_STREAM(owned->inner.get()), G_IO_STREAM(outer.get()), both, G_PRIORITY_DEFAULT,
                           owned->cancel.get(), on_joined, nullptr);
}

}  // namespace

class TurnTlsTunnel::Impl {
 public:
  Impl(EventLoop& loop, IceServer server) : context_(loop.native()), server_(std::move(server)) {}
  ~Impl();
  Result<void> trust_only(const std::string& ca_file);
  Result<void> listen();
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  void on_inner(GSocketConnection* inner);

  GMainContext* context_;
  const IceServer server_;
  Ref<GTlsDatabase> authorities_;
  Ref<GCancellable> cancel_{g_cancellable_new()};
  Ref<GSocketService> service_;
  std::uint16_t port_ = 0;
};

TurnTlsTunnel::Impl::~Impl() {
  g_cancellable_cancel(cancel_.get());
  if (!service_) return;
  g_signal_handlers_disconnect_by_data(service_.get(), this);
  g_socket_service_stop(service_.get());
  g_socket_listener_close(G_SOCKET_LISTENER(service_.get()));
}

Result<void> TurnTlsTunnel::Impl::trust_only(const std::string& ca_file) {
  if (ca_file.empty()) return {};
  GError* raw = nullptr;
  authorities_.reset(g_tls_file_database_new(ca_file.c_str(), &raw));
  const ErrorPtr error(raw);
  if (authorities_) return {};
  return fail(Errc::kInvalid, "[ice] ca_file: " + std::string(raw->message));
}

Result<void> TurnTlsTunnel::Impl::listen() {
  const DefaultContext here(context_);
  service_.reset(g_socket_service_new());
  const Ref<GInetAddress> loopback(g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4));
  const Ref<GSocketAddress> any_port(g_inet_socket_address_new(loopback.get(), 0));
  GSocketAddress* chosen = nullptr;
  if (!g_socket_listener_add_address(G_SOCKET_LISTENER(service_.get()), any_port.get(), G_SOCKET_TYPE_STREAM,
                                     G_SOCKET_PROTOCOL_TCP, nullptr, &chosen, nullptr))
    return fail(Errc::kUnavailable, "no port on 127.0.0.1 for TURN over TLS");
  const Ref<GSocketAddress> owned(chosen);
  port_ = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(chosen));
  auto* incoming = +[](GSocketService*, GSocketConnection* inner, GObject*, gpointer self) -> gboolean {
    static_cast<Impl*>(self)->on_inner(inner);
    return TRUE;
  };
  g_signal_connect(service_.get(), "incoming", G_CALLBACK(incoming), this);
  g_socket_service_start(service_.get());
  return {};
}

void TurnTlsTunnel::Impl::on_inner(GSocketConnection* inner) {
  const DefaultContext here(context_);
  send_at_once(inner);
  const Ref<GSocketClient> client(g_socket_client_new());
  g_socket_client_set_tls(client.get(), TRUE);
  if (authorities_)
    g_signal_connect_data(
        client.get(), "event", G_CALLBACK(trust), g_object_ref(authorities_.get()),
        [](gpointer object, GClosure*) { g_object_unref(object); }, GConnectFlags{});
  auto pending = std::make_unique<Pending>();
  pending->inner.reset(G_SOCKET_CONNECTION(g_object_ref(inner)));
  pending->cancel.reset(G_CANCELLABLE(g_object_ref(cancel_.get())));
  g_socket_client_connect_to_host_async(client.get(), server_.host.c_str(), server_.port, cancel_.get(),
                                        on_outer_connected, pending.release());
}

TurnTlsTunnel::TurnTlsTunnel(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TurnTlsTunnel::~TurnTlsTunnel() = default;

Result<std::unique_ptr<TurnTlsTunnel>> TurnTlsTunnel::create(EventLoop& loop, const IceServer& server,
                                                             const std::string& ca_file) {
  if (!g_tls_backend_supports_tls(g_tls_backend_get_default()))
    return fail(Errc::kUnsupported, "TURN over TLS needs GLib's TLS (Debian package glib-networking)");
  auto impl = std::make_unique<Impl>(loop, server);
  if (auto trusted = impl->trust_only(ca_file); !trusted) return fail(std::move(trusted.error()));
  if (auto listening = impl->listen(); !listening) return fail(std::move(listening.error()));
  return std::unique_ptr<TurnTlsTunnel>(new TurnTlsTunnel(std::move(impl)));
}

std::uint16_t TurnTlsTunnel::port() const { return impl_->port(); }

}  // namespace perch::net
