// SPDX-License-Identifier: Apache-2.0
#include "core/host/kernel.h"

#include <array>
#include <cstdio>

#include "core/host/kernel_calls.h"

namespace cutaway::host {

namespace {

constexpr std::string_view not_a_kernels = ": no kernel call; a store or a transport does that";

// What has no perform() of its own is some other part's work.
Done perform(Acting&, const world::StartShim&) { return fail(Errc::unsupported, "start_shim: a spawner does that"); }
Done perform(Acting&, const world::SaveFile&) {
    return fail(Errc::unsupported, "save_file" + std::string(not_a_kernels));
}
Done perform(Acting&, const world::UnpackLayer&) {
    return fail(Errc::unsupported, "unpack_layer" + std::string(not_a_kernels));
}
Done perform(Acting&, const world::HttpRequest&) {
    return fail(Errc::unsupported, "http" + std::string(not_a_kernels));
}
Done perform(Acting&, const world::ApiRequest&) { return fail(Errc::unsupported, "api" + std::string(not_a_kernels)); }

// Free, so that it finds these and those of kernel_calls.h alike.
Done dispatch(Acting& acting, const world::Call& call) {
    return std::visit([&](const auto& one) -> Done { return perform(acting, one); }, call);
}

}  // namespace

HostKernel::HostKernel(const world::Cancel* cancel, Cloner* cloner, Answerer* answerer, SignalWitness* witness) {
    acting_.cancel = cancel;
    acting_.cloner = cloner;
    acting_.answerer = answerer;
    acting_.witness = witness;
}

Result<world::Reply> HostKernel::perform(const world::Call& call) {
    static_cast<void>(acting_.ledger.take());
    Done done = dispatch(acting_, call);
    if (done) {
        done->system_calls = acting_.ledger.take();
    }
    return done;
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte < 0x20 || byte == 0x7F) {
            std::array<char, 8> escape{};
            std::snprintf(escape.data(), escape.size(), "\\x%02x", static_cast<unsigned>(byte));
            out += escape.data();
        } else {
            out += c;
        }
    }
    return out + '"';
}

std::string octal(std::uint32_t mode) {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "0%o", mode);
    return text.data();
}

std::string list_of(const std::vector<std::string>& texts) {
    std::string out = "[";
    for (const std::string& text : texts) {
        out += (out.size() > 1 ? ", " : "") + quoted(text);
    }
    return out + "]";
}

}  // namespace cutaway::host
