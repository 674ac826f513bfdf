// SPDX-License-Identifier: Apache-2.0
// docker run's and create's flags, and what they ask for. Knows docker's small syntaxes: -p, -v, --mount, -m, --cpus.
#pragma once

#include "core/cli/flags.h"
#include "core/engine/options.h"

namespace cutaway::cli {

inline constexpr std::string_view detach_keys_help = "Override the key sequence for detaching a container";

std::vector<FlagSpec> container_flags(bool run);  // run: also -d, --rm and the like

Result<engine::ContainerOptions> to_options(const Parsed& given);

Status check_env(const Parsed& given);  // -e: a variable has a name

Result<std::uint64_t> parse_bytes(std::string_view text);                         // "512m", "1.5g", "1024"
Result<std::vector<engine::PublishOption>> parse_publish(std::string_view text);  // a range gives several
Result<engine::MountOption> parse_volume(std::string_view text);
Result<engine::MountOption> parse_mount(std::string_view text);

}  // namespace cutaway::cli
