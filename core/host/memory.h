// SPDX-License-Identifier: Apache-2.0
// Memory asked for at once: a process that lives for milliseconds and needs megabytes spends most of its time in page
// faults, one for every 4 KiB. It is a hint: where the allocator or the kernel does not take it, nothing changes.
#pragma once

#include <cstddef>

namespace cutaway::host {

// So many bytes more are about to be allocated in small pieces, and kept to the end.
void expect_memory(std::size_t bytes);

}  // namespace cutaway::host
