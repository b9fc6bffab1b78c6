#include "agent/reload.hpp"

#include "hal/base/log.hpp"

namespace perch::agent {
namespace {

constexpr char kModule[] = "config";

}  // namespace

ReloadPlan plan_reload(const Config& running, const Config& wanted) {
  ReloadPlan plan;
  plan.config = running;
  Config source = wanted;
  for (const ConfigKey* key : changed_keys(running, wanted)) {
    if (key->takes == Takes::kRestart) {
      plan.needs_restart.push_back(key);
      continue;
    }
    std::visit([&](const auto& field) { field.of(plan.config) = field.of(source); }, key->field);
    plan.live.push_back(key);
  }
  return plan;
}

void log_reload(const ReloadPlan& plan) {
  Config now = plan.config;
  for (const ConfigKey* key : plan.live)
    PERCH_INFO(kModule, "state=changed key=%s value=%s", in_quotes(key->label()).c_str(),
               in_quotes(shown_value(*key, now)).c_str());
  for (const ConfigKey* key : plan.needs_restart)
    PERCH_WARN(kModule, "state=unchanged key=%s msg=\"needs a restart\"", in_quotes(key->label()).c_str());
  PERCH_INFO(kModule, "state=reloaded changed=%zu need_restart=%zu", plan.live.size(), plan.needs_restart.size());
}

}  // namespace perch::agent
