// SPDX-License-Identifier: Apache-2.0
// `cutaway oci`: the second door to the runtime, for those who bring a bundle instead of an image. It speaks as low-level
// OCI runtimes do: a container is a folder below --root, errors go to --log and to standard error, and the process is its
// caller's, not a shim's. A composition root: it knows this machine, and nothing of images, engines or models.
#pragma once

#include <string>
#include <vector>

namespace cutaway::cli {

// `words` are what follows `oci`. The answer is the exit status.
int run_oci(const std::vector<std::string>& words);

}  // namespace cutaway::cli
