// SPDX-License-Identifier: Apache-2.0
// `cutaway model fault`: what the simulated registries shall do wrong from now on, so that its consequences can be
// looked at. Not docker's: docker's registries need no command for that. A composition root's part.
#pragma once

#include <string>
#include <vector>

#include "core/cli/root_session.h"

namespace cutaway::model {
class RegistryServer;
}  // namespace cutaway::model

namespace cutaway::cli {

// The words behind "model fault". What is wrong with them is told on the output's error stream.
ShellOutput fault_command(model::RegistryServer& registry, const std::vector<std::string>& words);

}  // namespace cutaway::cli
