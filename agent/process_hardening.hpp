// What a process can give up by itself, before it has read any secret.
#pragma once

namespace perch::agent {

/// Memory holds keys: no core file of it, nor a look into it by other processes of the same user; and programs started
/// from here gain no privileges. For the whole process, for good. Debuggers and sanitizers cannot attach afterwards.
void harden_process();

}  // namespace perch::agent
