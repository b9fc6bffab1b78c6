// What a configured text may be; each error says which values are good.
#pragma once

#include <string>

#include "hal/base/result.hpp"

namespace perch::agent {

[[nodiscard]] Result<void> check_any(const std::string& value);
[[nodiscard]] Result<void> check_id(const std::string& value);
[[nodiscard]] Result<void> check_display_name(const std::string& value);
[[nodiscard]] Result<void> check_video_source(const std::string& value);
[[nodiscard]] Result<void> check_degrade(const std::string& value);
[[nodiscard]] Result<void> check_encoder(const std::string& value);
[[nodiscard]] Result<void> check_audio_source(const std::string& value);
[[nodiscard]] Result<void> check_audio_sink(const std::string& value);
[[nodiscard]] Result<void> check_control(const std::string& value);
[[nodiscard]] Result<void> check_broker_url(const std::string& value);
[[nodiscard]] Result<void> check_prefix(const std::string& value);
[[nodiscard]] Result<void> check_access_mode(const std::string& value);
[[nodiscard]] Result<void> check_page_url(const std::string& value);
[[nodiscard]] Result<void> check_web_socket_url(const std::string& value);
[[nodiscard]] Result<void> check_ice_server(const std::string& value);
[[nodiscard]] Result<void> check_ip_address(const std::string& value);
[[nodiscard]] Result<void> check_log_level(const std::string& value);

}  // namespace perch::agent
