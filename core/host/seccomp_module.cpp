// SPDX-License-Identifier: Apache-2.0
// The module libcutaway-seccomp.so: rules to the kernel's filter program, by libseccomp. Loaded by the first container
// whose filter is not kept yet; nothing else of Cutaway knows the library.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <optional>
#include <vector>

#include <seccomp.h>

#include "core/host/seccomp_filters.h"

namespace cutaway::host {

namespace {

std::string_view next(std::string_view& text, char until) {
    const std::size_t end = std::min(text.find(until), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return word;
}

std::uint64_t number(std::string_view word) {
    std::uint64_t value = 0;
    std::from_chars(word.data(), word.data() + word.size(), value);
    return value;
}

std::uint32_t action_of(std::string_view word, std::uint64_t value) {
    if (word == "allow") {
        return SCMP_ACT_ALLOW;
    }
    if (word == "errno") {
        return SCMP_ACT_ERRNO(static_cast<std::uint32_t>(value) & 0xFFFFU);
    }
    return word == "log"    ? SCMP_ACT_LOG
           : word == "trap" ? SCMP_ACT_TRAP
           : word == "kill" ? SCMP_ACT_KILL_PROCESS
                            : SCMP_ACT_KILL_THREAD;
}

std::optional<scmp_compare> comparison_of(std::string_view word) {
    struct Name {
        std::string_view word;
        scmp_compare op;
    };
    for (const Name& one :
         {Name{"ne", SCMP_CMP_NE}, Name{"lt", SCMP_CMP_LT}, Name{"le", SCMP_CMP_LE}, Name{"eq", SCMP_CMP_EQ},
          Name{"ge", SCMP_CMP_GE}, Name{"gt", SCMP_CMP_GT}, Name{"masked_eq", SCMP_CMP_MASKED_EQ}}) {
        if (one.word == word) {
            return one.op;
        }
    }
    return std::nullopt;
}

struct Context {
    explicit Context(std::uint32_t action) : filter(::seccomp_init(action)) {}
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
    ~Context() {
        if (filter != nullptr) {
            ::seccomp_release(filter);
        }
    }
    scmp_filter_ctx filter;
    std::uint32_t otherwise = 0;
};

Error failed(int result, const std::string& what) { return {Errc::invalid, -result, what}; }

Status add_architecture(Context& context, std::string_view name) {
    const std::uint32_t token = ::seccomp_arch_resolve_name(std::string(name).c_str());
    const int added = token == 0 ? -EINVAL : ::seccomp_arch_add(context.filter, token);
    if (added < 0 && added != -EEXIST) {
        return failed(added, "seccomp: not an architecture: " + std::string(name));
    }
    return {};
}

// "0 socket 0 ne 40 0", behind the action. A name that this library does not know is left out, as runc does.
Status add_rule(Context& context, std::string_view word, std::string_view rest) {
    const std::uint32_t action = action_of(word, number(next(rest, ' ')));
    const std::string name(next(rest, ' '));
    const int call = ::seccomp_syscall_resolve_name(name.c_str());
    if (call == __NR_SCMP_ERROR || action == context.otherwise) {
        return {};
    }
    std::vector<scmp_arg_cmp> conditions;
    while (!rest.empty()) {
        scmp_arg_cmp one{};
        one.arg = static_cast<unsigned>(number(next(rest, ' ')));
        const std::optional<scmp_compare> op = comparison_of(next(rest, ' '));
        one.datum_a = number(next(rest, ' '));
        one.datum_b = number(next(rest, ' '));
        if (!op) {
            return failed(-EINVAL, "seccomp: not a comparison in the rule of " + name);
        }
        one.op = *op;
        conditions.push_back(one);
    }
    const int added = ::seccomp_rule_add_array(context.filter, action, call, static_cast<unsigned>(conditions.size()),
                                               conditions.data());
    if (added < 0 && added != -EEXIST && added != -EDOM) {
        return failed(added, "seccomp: add the rule of " + name);
    }
    return {};
}

Result<std::string> program_of(const Context& context) {
    const int file = ::memfd_create("seccomp", MFD_CLOEXEC);
    const int written = file < 0 ? -errno : ::seccomp_export_bpf(context.filter, file);
    if (written < 0) {
        ::close(file);
        return failed(written, "seccomp: write the filter's program");
    }
    std::string bytes(static_cast<std::size_t>(std::max<off_t>(0, ::lseek(file, 0, SEEK_END))), '\0');
    const ssize_t got = ::pread(file, bytes.data(), bytes.size(), 0);
    ::close(file);
    return got == static_cast<ssize_t>(bytes.size()) ? Result<std::string>(std::move(bytes))
                                                     : failed(-EIO, "seccomp: read the filter's program");
}

Result<std::string> compile(std::string_view rules) {
    std::string_view first = next(rules, '\n');
    static_cast<void>(next(first, ' '));  // "default"
    const std::string_view word = next(first, ' ');
    const std::uint32_t otherwise = action_of(word, number(first));
    Context context(otherwise);
    if (context.filter == nullptr) {
        return failed(-ENOMEM, "seccomp: begin a filter");
    }
    context.otherwise = otherwise;
    // Whether new privileges may be gained is a call of its own, so not the filter's affair; a tree of comparisons
    // finds a number among hundreds in ten steps instead of hundreds.
    static_cast<void>(::seccomp_attr_set(context.filter, SCMP_FLTATR_CTL_NNP, 0));
    static_cast<void>(::seccomp_attr_set(context.filter, SCMP_FLTATR_CTL_OPTIMIZE, 2));
    while (!rules.empty()) {
        std::string_view line = next(rules, '\n');
        const std::string_view head = next(line, ' ');
        if (head == "arch") {
            TRY(add_architecture(context, line));
        } else if (!head.empty()) {
            TRY(add_rule(context, head, line));
        }
    }
    return program_of(context);
}

}  // namespace

}  // namespace cutaway::host

extern "C" {
// A constant that holds the function: names that C++ would spell its own way need no table.
extern const cutaway::host::CompileSeccomp cutaway_compile_seccomp;
const cutaway::host::CompileSeccomp cutaway_compile_seccomp = &cutaway::host::compile;
}
