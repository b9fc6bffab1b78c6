// See alsa_cards.hpp.
#include "hal/audio/alsa_cards.hpp"

#include <alsa/asoundlib.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace perch::audio {
namespace {

namespace fs = std::filesystem;

struct CtlCloser {
  void operator()(snd_ctl_t* ctl) const { snd_ctl_close(ctl); }
};

void add(std::string& list, const std::string& entry) { list += (list.empty() ? "" : ", ") + entry; }

void list_card(int card, snd_pcm_stream_t stream, std::string& list) {
  const std::string hw = "hw:" + std::to_string(card);
  snd_ctl_t* raw = nullptr;
  if (snd_ctl_open(&raw, hw.c_str(), SND_CTL_NONBLOCK) < 0) return;
  const std::unique_ptr<snd_ctl_t, CtlCloser> ctl(raw);
  snd_pcm_info_t* info = nullptr;
  snd_pcm_info_alloca(&info);
  for (int device = -1; snd_ctl_pcm_next_device(raw, &device) >= 0 && device >= 0;) {
    snd_pcm_info_set_device(info, static_cast<unsigned>(device));
    snd_pcm_info_set_subdevice(info, 0);
    snd_pcm_info_set_stream(info, stream);
    if (snd_ctl_pcm_info(raw, info) < 0) continue;
    add(list, hw + "," + std::to_string(device) + " (" + card_name(card) + ")");
  }
}

/// The value behind "owner_pid   : " in a PCM's status; empty when it is closed.
std::string owner_of(const fs::path& status) {
  std::ifstream file(status);
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("owner_pid")) continue;
    const std::size_t value = line.find_first_of("0123456789");
    return value == std::string::npos ? "" : line.substr(value);
  }
  return "";
}

std::string program_of(const fs::path& proc, const std::string& pid) {
  std::string name;
  std::ifstream comm(proc / pid / "comm");
  std::getline(comm, name);
  return (name.empty() ? "a program" : name) + " (pid " + pid + ")";
}

}  // namespace

std::string card_name(int card) {
  char* name = nullptr;
  if (card < 0 || snd_card_get_name(card, &name) < 0) return "";
  std::string copy = name;
  std::free(name);
  return copy;
}

std::string list_pcms(PcmDirection direction) {
  const auto stream = direction == PcmDirection::kCapture ? SND_PCM_STREAM_CAPTURE : SND_PCM_STREAM_PLAYBACK;
  std::string list;
  for (int card = -1; snd_card_next(&card) >= 0 && card >= 0;) list_card(card, stream, list);
  return list.empty() ? "none" : list;
}

std::string describe_pcm_users(PcmDirection direction, const std::string& proc) {
  // /proc/asound/card0/pcm0c/sub0/status
  const char letter = direction == PcmDirection::kCapture ? 'c' : 'p';
  std::string users;
  std::error_code error;
  for (fs::recursive_directory_iterator all(fs::path(proc) / "asound", error), end; !error && all != end;
       all.increment(error)) {
    if (all->path().filename() != "status") continue;
    const std::string pcm = all->path().parent_path().parent_path().filename();
    const std::string pid = pcm.starts_with("pcm") && pcm.ends_with(letter) ? owner_of(all->path()) : "";
    if (!pid.empty()) add(users, program_of(proc, pid));
  }
  return "held by " + (users.empty() ? "another program" : users);
}

bool sound_nodes_are_closed_to_us(const std::string& folder) {
  bool any = false;
  std::error_code error;
  for (fs::directory_iterator nodes(folder, error), end; !error && nodes != end; nodes.increment(error)) {
    if (!nodes->path().filename().string().starts_with("controlC")) continue;
    // Not access(2), which asks for the real user instead of the effective one.
    if (eaccess(nodes->path().c_str(), R_OK | W_OK) == 0) return false;
    any = true;
  }
  return any;
}

}  // namespace perch::audio
