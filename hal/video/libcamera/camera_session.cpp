// See camera_session.hpp.
#include "hal/video/libcamera/camera_session.hpp"

#include <libcamera/control_ids.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "hal/base/text.hpp"
#include "hal/video/device_users.hpp"
#include "hal/video/libcamera/camera_settings.hpp"
#include "hal/video/libcamera_protocol.hpp"

namespace perch::video {
namespace {

namespace lc = libcamera;
constexpr std::uint64_t kMaxCameras = 64;

std::string list_cameras(const lc::CameraManager& manager, const char* separator) {
  std::string list;
  int number = 0;
  for (const auto& camera : manager.cameras())
    list += (list.empty() ? "" : separator) + std::to_string(number++) + ": " + camera->id();
  return list;
}

std::shared_ptr<lc::Camera> find_camera(lc::CameraManager& manager, const std::string& wanted) {
  const auto cameras = manager.cameras();
  if (const auto number = parse_decimal(wanted, kMaxCameras))
    return *number < cameras.size() ? cameras[static_cast<std::size_t>(*number)] : nullptr;
  return manager.get(wanted);
}

tl::unexpected<Error> no_camera(const lc::CameraManager& manager, const std::string& wanted) {
  const std::string list = list_cameras(manager, ", ");
  if (!list.empty()) return fail(Errc::kNotFound, "libcamera has no camera " + wanted + "; there is " + list);
  // Without the right to open its media device a camera does not show at all.
  if (access("/dev/media0", F_OK) == 0 && access("/dev/media0", R_OK | W_OK) != 0)
    return fail(Errc::kPermission, "no permission for /dev/media0: add the user to the group video");
  // Nor does one whose pieces another program has put together.
  const std::string users = access("/dev/media0", F_OK) == 0 ? describe_device_users("/dev/media0") : "";
  if (users.find("pid") != std::string::npos)
    return fail(Errc::kBusy, "libcamera finds no free camera: /dev/media0 is " + users);
  return fail(Errc::kNotFound, "libcamera finds no camera");
}

tl::unexpected<Error> fail_libcamera(const std::string& what, int negative_errno) {
  const Errc code = negative_errno == -ENODEV ? Errc::kNotFound : Errc::kIo;
  return fail(code, "libcamera cannot " + what, -negative_errno);
}

}  // namespace

std::string CameraSession::list() {
  lc::CameraManager manager;
  if (manager.start() != 0) return "";
  return list_cameras(manager, "\n");
}

Result<std::unique_ptr<CameraSession>> CameraSession::open(const LibcameraOptions& options) {
  std::unique_ptr<CameraSession> session(new CameraSession());
  session->wake_ = UniqueFd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!session->wake_) return fail_errno("making an event descriptor");
  if (const int error = session->manager_.start(); error != 0) return fail_libcamera("start", error);
  if (auto done = session->acquire(options.camera); !done) return fail(done.error());
  if (auto done = session->configure(options); !done) return fail(done.error());
  if (auto done = session->make_requests(); !done) return fail(done.error());
  return session;
}

CameraSession::~CameraSession() {
  if (acquired_) {
    camera_->stop();
    camera_->requestCompleted.disconnect(this);
    camera_->disconnected.disconnect(this);
  }
  requests_.clear();
  allocator_.reset();
  configuration_.reset();
  if (acquired_) camera_->release();
  camera_.reset();
  manager_.stop();
}

Result<void> CameraSession::acquire(const std::string& wanted) {
  camera_ = find_camera(manager_, wanted);
  if (!camera_) return no_camera(manager_, wanted);
  const int error = camera_->acquire();
  if (error == -EBUSY) return fail(Errc::kBusy, "another program uses the libcamera camera " + camera_->id());
  if (error != 0) return fail_libcamera("open the camera " + camera_->id(), error);
  acquired_ = true;
  camera_->requestCompleted.connect(this, &CameraSession::on_completed);
  camera_->disconnected.connect(this, &CameraSession::on_disconnected);
  return {};
}

Result<void> CameraSession::configure(const LibcameraOptions& options) {
  configuration_ = camera_->generateConfiguration({lc::StreamRole::VideoRecording});
  if (!configuration_ || configuration_->empty())
    return fail(Errc::kUnsupported, "the libcamera camera " + camera_->id() + " has no video stream");
  set_orientation(*configuration_, options.controls);
  auto choice = choose_stream(*configuration_, options.size);
  if (!choice) return fail(choice.error());
  choice_ = *choice;
  if (const int error = camera_->configure(configuration_.get()); error != 0)
    return fail_libcamera("configure " + configuration_->at(0).toString(), error);
  controls_ = make_controls(*camera_, options.controls);
  rate_ = set_rate(*camera_, options.rate, controls_);
  return {};
}

Result<void> CameraSession::make_requests() {
  allocator_ = std::make_unique<lc::FrameBufferAllocator>(camera_);
  if (const int got = allocator_->allocate(stream().stream()); got < 0) return fail_libcamera("get buffers", got);
  if (buffers().size() > kMaxLibcameraBuffers) return fail(Errc::kTooLarge, "libcamera made too many buffers");
  for (std::size_t i = 0; i < buffers().size(); ++i) {
    auto request = camera_->createRequest(i);
    if (!request) return fail(Errc::kInternal, "libcamera cannot make a request");
    if (const int error = request->addBuffer(stream().stream(), buffers()[i].get()); error != 0)
      return fail_libcamera("use a buffer", error);
    requests_.push_back(std::move(request));
  }
  return {};
}

const std::vector<std::unique_ptr<lc::FrameBuffer>>& CameraSession::buffers() const {
  return allocator_->buffers(stream().stream());
}

Result<void> CameraSession::start() {
  if (const int error = camera_->start(&controls_); error != 0) return fail_libcamera("start the camera", error);
  // Some pipelines heed controls given at start, some those of a request.
  requests_[0]->controls().merge(controls_);
  for (const auto& request : requests_) {
    if (const int error = camera_->queueRequest(request.get()); error != 0)
      return fail_libcamera("ask for a frame", error);
  }
  return {};
}

Result<std::optional<CompletedFrame>> CameraSession::next_completed() {
  lc::Request* request = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (gone_) return fail(Errc::kNotFound, camera_->id() + " is gone");
    if (completed_.empty()) {
      eventfd_t ignored = 0;
      (void)eventfd_read(wake_.get(), &ignored);
      return std::nullopt;
    }
    request = completed_.front();
    completed_.pop();
  }
  const lc::FrameMetadata& metadata = request->buffers().begin()->second->metadata();
  // A pipeline with an image processor stamps its buffers when the processor is done; the sensor's time comes apart.
  const auto sensor_time = request->metadata().get(lc::controls::SensorTimestamp);
  auto stamp = nanoseconds(sensor_time ? *sensor_time : static_cast<std::int64_t>(metadata.timestamp));
  if (stamp.count() <= 0) stamp = monotonic_now().time_since_epoch();
  return CompletedFrame{static_cast<std::uint8_t>(request->cookie()),
                        metadata.status != lc::FrameMetadata::FrameSuccess, metadata.sequence, stamp,
                        metadata.planes().empty() ? 0 : metadata.planes()[0].bytesused};
}

// proc(5): the link of an open file whose name is gone ends in " (deleted)".
bool CameraSession::is_there() const {
  std::error_code error;
  for (std::filesystem::directory_iterator fds("/proc/self/fd", error), end; !error && fds != end;
       fds.increment(error)) {
    std::error_code unreadable;
    const std::string name = std::filesystem::read_symlink(fds->path(), unreadable);
    if (name.starts_with("/dev/") && name.ends_with(" (deleted)") && !name.starts_with("/dev/shm/")) return false;
  }
  return true;
}

Result<void> CameraSession::requeue(std::uint8_t index) {
  if (index >= requests_.size()) return fail(Errc::kInvalid, "the daemon returned a buffer that is not there");
  lc::Request& request = *requests_[index];
  request.reuse(lc::Request::ReuseBuffers);
  if (const int error = camera_->queueRequest(&request); error != 0) return fail_libcamera("ask for a frame", error);
  return {};
}

void CameraSession::on_completed(lc::Request* request) {
  if (request->status() == lc::Request::RequestCancelled) return;  // the camera stops
  const std::lock_guard lock(mutex_);
  completed_.push(request);
  wake();
}

void CameraSession::on_disconnected() {
  const std::lock_guard lock(mutex_);
  gone_ = true;
  wake();
}

void CameraSession::wake() { (void)eventfd_write(wake_.get(), 1); }

}  // namespace perch::video
