// SPDX-License-Identifier: Apache-2.0
// What passes between a person and a container while they are attached: text, keys, signals, the window's size.
#include "core/engine/detach_keys.h"
#include "core/engine/lifecycle.h"

namespace cutaway::engine {

namespace {

constexpr std::int64_t look_every_ns = 50'000'000;

// The person's terminal hands keys on as they are, and is itself again however this ends.
class Keys {
public:
    Keys(Io& io, bool raw) : io_(io), raw_(raw) {
        if (raw_) {
            io_.raw(true);
        }
    }
    ~Keys() {
        if (raw_) {
            io_.raw(false);
        }
    }
    Keys(const Keys&) = delete;
    Keys& operator=(const Keys&) = delete;

private:
    Io& io_;
    bool raw_;
};

class Attended {
public:
    Attended(world::World& world, world::Channel& channel, Io& io, const Attachment& attachment, DetachKeys keys)
        : world_(world), channel_(channel), io_(io), attachment_(attachment), keys_(std::move(keys)) {}

    Result<std::optional<runtime::Exited>> run() {
        for (;;) {
            // Much input comes in pieces: then nobody waits between them.
            const std::optional<runtime::Message> message =
                TRY(busy_ ? runtime::next_message(channel_, 0) : runtime::attend_message(channel_));
            if (const auto name = attachment_.pass_on ? io_.signal() : std::nullopt) {
                TRY(attachment_.pass_on(*name));
            }
            if (!pass_input()) {
                return std::optional<runtime::Exited>();
            }
            pass_size();
            const bool over = message && std::holds_alternative<runtime::Exited>(*message);
            look_on(over ? 0 : look_every_ns);
            if (!message) {
                continue;
            }
            if (const auto* output = std::get_if<runtime::Output>(&*message)) {
                output->stream == world::Stream::out ? io_.out(output->bytes) : io_.err(output->bytes);
            }
            if (const auto* exited = std::get_if<runtime::Exited>(&*message)) {
                return std::optional<runtime::Exited>(*exited);
            }
        }
    }

private:
    // False: the keys that let go were typed.
    bool pass_input() {
        std::optional<std::string> input;
        if (attachment_.keep_stdin && channel_.accepts()) {
            input = io_.input();
        }
        busy_ = input.has_value() && !input->empty();
        if (!input) {
            return true;
        }
        if (!attachment_.terminal || input->empty()) {
            send(runtime::Input{std::move(*input)});
            return true;
        }
        DetachKeys::Passed passed = keys_.pass(*input);
        if (!passed.text.empty()) {  // empty would be the end of input
            send(runtime::Input{std::move(passed.text)});
        }
        return !passed.complete;
    }
    // While nothing is called, nothing else would look at what happens by itself; and behind the end it is cleared away.
    void look_on(std::int64_t every_ns) {
        if (!world_.narrator.attends()) {
            return;
        }
        const std::int64_t now = world_.clock.now_ns();
        if (now - looked_ns_ >= every_ns) {
            looked_ns_ = now;
            static_cast<void>(world_.watch.next(0));
        }
    }
    void pass_size() {
        if (const auto size = attachment_.terminal ? io_.resized() : std::nullopt) {
            send(runtime::Resize{size->rows, size->columns});
        }
    }
    // It may have ended a moment ago, with its last words still to come.
    void send(const runtime::Message& message) { static_cast<void>(channel_.send(runtime::encode(message))); }

    world::World& world_;
    world::Channel& channel_;
    Io& io_;
    const Attachment& attachment_;
    std::int64_t looked_ns_ = 0;
    DetachKeys keys_;
    bool busy_ = false;
};

}  // namespace

Result<std::optional<runtime::Exited>> follow(world::World& world, world::Channel& channel, Io& io,
                                              const Attachment& attachment) {
    DetachKeys detach = TRY(DetachKeys::parse(attachment.detach_keys));
    if (attachment.pass_on) {
        io.attached();
    }
    const Keys keys(io, attachment.terminal && attachment.keep_stdin);
    return Attended(world, channel, io, attachment, std::move(detach)).run();
}

Result<std::int32_t> end_of(world::World& world, const store::ContainerRecord& record,
                            const std::optional<runtime::Exited>& exited) {
    if (!exited) {
        return fail(Errc::cancelled, "read escape sequence");
    }
    if (exited->restarts) {
        return exited->code;
    }
    TRY(put_away(world, record.id, TRY(await_exit_record(world, record.id)), "the first process ended"));
    return exited->code;
}

}  // namespace cutaway::engine
