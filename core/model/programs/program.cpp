// SPDX-License-Identifier: Apache-2.0
#include "core/model/programs/program.h"

#include <cerrno>
#include <system_error>

#include "core/model/programs/text.h"

namespace cutaway::model::programs {

void Output::to(int fd, std::string_view bytes) {
    if (bytes.empty()) {
        return;
    }
    if (!chunks.empty() && chunks.back().fd == fd) {
        chunks.back().bytes.append(bytes);
        return;
    }
    chunks.push_back(Chunk{fd, std::string(bytes)});
}

Flush flush(Sys& sys, Output& output) {
    while (!output.chunks.empty()) {
        Chunk& first = output.chunks.front();
        Result<std::size_t> wrote = sys.write(first.fd, first.bytes);
        if (!wrote) {
            if (is_again(wrote.error())) {
                return Flush::blocked;
            }
            const int broken_fd = first.fd;
            std::erase_if(output.chunks, [&](const Chunk& chunk) { return chunk.fd == broken_fd; });
            return Flush::broken;
        }
        first.bytes.erase(0, *wrote);
        if (first.bytes.empty()) {
            output.chunks.erase(output.chunks.begin());
        }
    }
    return Flush::done;
}

Step wait_to_flush(const Output& output) {
    Step step = Step::wait();
    step.writable.push_back(output.chunks.front().fd);
    return step;
}

int errno_of(const Error& error) {
    if (error.sys_errno != 0) {
        return error.sys_errno;
    }
    switch (error.code) {
        case Errc::not_found: return ENOENT;
        case Errc::exists: return EEXIST;
        case Errc::denied: return EACCES;
        case Errc::unsupported: return ENOSYS;
        case Errc::invalid: return EINVAL;
        case Errc::network: return ECONNREFUSED;
        case Errc::timeout: return ETIMEDOUT;
        default: return EIO;
    }
}

std::string errno_text(const Error& error) { return std::generic_category().message(errno_of(error)); }

bool is_again(const Error& error) { return error.sys_errno == EAGAIN; }

std::string_view Call::name() const { return argv.empty() ? std::string_view("?") : base_name(argv.front()); }

int Call::fail(std::string_view text, int code) const {
    err(std::string(name()) + ": " + std::string(text) + "\n");
    return code;
}

int Call::refuse(std::string_view what) const { return fail(std::string(what) + ": not modelled", 127); }

namespace {

struct CommandState {
    bool ran = false;
    int code = 0;
    Output output;
};
CUTAWAY_FIELDS(CommandState, ran, code, output)

class CommandProgram final : public SavedProgram {
public:
    CommandProgram(std::string_view name, Command command) : name_(name), command_(command) {}

    [[nodiscard]] std::string_view name() const override { return name_; }
    void as_busybox() override { busybox_ = true; }
    void save(std::string& out) const override { binary::put(out, state_); }
    bool restore(std::string_view saved) override { return binary::decode(saved, state_); }

    Step step(Sys& sys) override {
        if (!state_.ran) {
            state_.ran = true;
            const Words argv = sys.argv();
            state_.code = command_(Call{sys, argv, state_.output, busybox_});
            sys.burn(1'000'000);
        }
        switch (flush(sys, state_.output)) {
            case Flush::blocked: return wait_to_flush(state_.output);
            case Flush::broken: return Step::exited(state_.code == 0 ? 1 : state_.code);
            case Flush::done: break;
        }
        return Step::exited(state_.code);
    }

private:
    std::string_view name_;
    Command command_;
    bool busybox_ = false;
    CommandState state_;
};

}  // namespace

Made make_command(std::string_view name, Command command) { return std::make_unique<CommandProgram>(name, command); }

}  // namespace cutaway::model::programs
