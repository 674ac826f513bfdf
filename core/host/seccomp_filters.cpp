// SPDX-License-Identifier: Apache-2.0
#include "core/host/seccomp_filters.h"

#include <dlfcn.h>
#include <linux/filter.h>
#include <sys/stat.h>

#include "core/base/sha256.h"
#include "core/host/save_file.h"
#include "core/host/sealed_program.h"
#include "core/host/syscall.h"

namespace cutaway::host {

namespace {

constexpr std::size_t longest_filter = BPF_MAXINSNS * sizeof(sock_filter);

bool is_filter(std::string_view bytes) {
    return !bytes.empty() && bytes.size() % sizeof(sock_filter) == 0 && bytes.size() <= longest_filter;
}

Result<SeccompEntry> load(const std::string& given) {
    const std::string path = given.empty() ? TRY(find_program("libcutaway-seccomp.so", "CUTAWAY_SECCOMP")) : given;
    void* module = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    void* symbol = module == nullptr ? nullptr : ::dlsym(module, "cutaway_compile_seccomp");
    if (symbol == nullptr) {
        const char* why = ::dlerror();
        return fail(Errc::unsupported, "load the seccomp module: " + std::string(why == nullptr ? path : why));
    }
    return SeccompEntry{*static_cast<const CompileSeccomp*>(symbol)};
}

}  // namespace

SeccompFilters::SeccompFilters(std::string folder, std::string module)
    : folder_(std::move(folder)), module_(std::move(module)) {}

Result<std::string> SeccompFilters::compile(const std::string& rules) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const std::string path = folder_ + "/" + sha256_hex(rules) + ".bpf";
    if (const Result<std::string> kept = read_file(path, longest_filter); kept && is_filter(*kept)) {
        return *kept;
    }
    const SeccompEntry entry = TRY(load(module_));
    std::string bytes = TRY(entry.compile(rules));
    if (!is_filter(bytes)) {
        return fail(Errc::invalid,
                    "seccomp: the filter has " + std::to_string(bytes.size()) + " bytes, more than the kernel takes");
    }
    // Kept or not, this container has its filter.
    if (make_dirs(folder_, 0700)) {
        static_cast<void>(save_file(path, bytes, Sync::no));
    }
    return bytes;
}

}  // namespace cutaway::host
