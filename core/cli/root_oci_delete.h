// SPDX-License-Identifier: Apache-2.0
// The end of an OCI container, for the commands that bring it about: delete, and run behind its program.
#pragma once

#include "core/cli/root_oci_parts.h"

namespace cutaway::cli {

// Whatever is left of it: processes, cgroups, its folder; then the poststop hooks.
Status remove_container(const OciCall& call, const bundle::Record& record);

// A hook behind the start changes nothing any more: its failure is a warning (runtime-spec, Lifecycle).
void run_hooks(const OciCall& call, const char* name, const std::vector<oci::SpecHook>& hooks,
               const bundle::Record& record, const char* status);

}  // namespace cutaway::cli
