// SPDX-License-Identifier: Apache-2.0
#include "core/host/memory.h"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace cutaway::host {

namespace {

constexpr std::size_t large_page = std::size_t{2} << 20U;
constexpr std::size_t most = std::size_t{32} << 20U;  // as the allocator has it, too
constexpr std::size_t probe = std::size_t{1} << 20U;  // more than it has left over

}  // namespace

void expect_memory(std::size_t bytes) {
#ifdef __GLIBC__
    const std::size_t rounded = (std::min(bytes, most) + large_page - 1) / large_page * large_page;
    char* const before = static_cast<char*>(::sbrk(0));
    const std::size_t to_boundary = (large_page - reinterpret_cast<std::uintptr_t>(before) % large_page) % large_page;
    ::mallopt(M_MMAP_THRESHOLD, static_cast<int>(most));
    ::mallopt(M_TRIM_THRESHOLD, static_cast<int>(most));
    ::mallopt(M_TOP_PAD, static_cast<int>(rounded + to_boundary));
    void* volatile grown = std::malloc(probe);  // makes the heap grow, once
    std::free(grown);
    ::mallopt(M_TOP_PAD, static_cast<int>(large_page));
    const char* const after = static_cast<char*>(::sbrk(0));
    char* const from = before + to_boundary;
    if (after > from) {
        ::madvise(from, static_cast<std::size_t>(after - from), MADV_HUGEPAGE);
    }
#else
    static_cast<void>(bytes);
#endif
}

}  // namespace cutaway::host
