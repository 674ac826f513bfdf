// SPDX-License-Identifier: Apache-2.0
// A watcher's line to an engine's socket, for a face that has frames to draw: a thread reads, `wake` says that something
// came. Nothing is retried: an engine that went away is told of. A composition root's part.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/cli/command_line.h"
#include "core/link/wire.h"

namespace cutaway::host {
class PacketSocket;
}

namespace cutaway::cli {

// The line as it is to be performed: what CUTAWAY_ENGINE says, where no world was chosen and no engine named.
CommandLine with_engine(CommandLine line);

// Hands over what the engine at `path` has said by now, until `take` answers false; answers why it will say no more.
using Listener = std::function<bool(link::Message&)>;
std::optional<std::string> hear_engine(host::PacketSocket& socket, const std::string& path, const Listener& take);

Result<std::unique_ptr<link::Wire>> watch_at(const std::string& path, std::function<void()> wake);

}  // namespace cutaway::cli
