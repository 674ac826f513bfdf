// SPDX-License-Identifier: Apache-2.0
#include "core/registry/blob.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "core/base/sha256.h"
#include "core/registry/verify.h"

namespace cutaway::registry {

namespace {

constexpr std::uint64_t refill_after = 1U << 20U;  // a stream that gains a mebibyte a time may be lost forever on

std::optional<std::uint64_t> to_number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc() && end == text.data() + text.size() && !text.empty();
    return whole ? std::optional<std::uint64_t>(value) : std::nullopt;
}

class BlobSource final : public world::Source {
public:
    BlobSource(const Client& client, BlobWanted wanted)
        : client_(client), wanted_(std::move(wanted)), size_(static_cast<std::uint64_t>(wanted_.descriptor.size)) {}

    // Asks for the bytes from done_ on.
    Status ask() {
        Client::Inquiry inquiry;
        inquiry.what = "blobs";
        inquiry.which = oci::to_text(wanted_.descriptor.digest);
        if (done_ > 0) {
            inquiry.headers.push_back({"Range", "bytes=" + std::to_string(done_) + "-"});
        }
        Answer answer = TRY(client_.ask(wanted_.reference, inquiry));
        if (!passes(answer.status)) {
            return refused(answer, wanted_.reference);
        }
        TRY(check_headers(answer));
        body_ = std::move(answer.body);
        skip_ = answer.status == 206 ? 0 : done_;
        return {};
    }

    Result<std::size_t> read(std::span<char> into) override {
        if (broken_.has_value()) {
            return *broken_;
        }
        if (finished_ || into.empty()) {
            return std::size_t{0};
        }
        Result<std::size_t> got = read_or_resume(into);
        if (!got) {
            broken_ = got.error();
            body_.reset();
        }
        return got;
    }

private:
    Error in_blob(std::string_view why) const {
        return fail(Errc::invalid,
                    wanted_.what + " " + oci::to_text(wanted_.descriptor.digest) + " " + std::string(why));
    }

    Status check_headers(const Answer& answer) const {
        if (answer.status == 206) {
            const std::string_view range = world::header(answer.headers, "content-range");
            if (done_ == 0 || !continues_at(range, done_, size_)) {
                return in_blob("came in a range that was not asked for: " + std::string(range.substr(0, 64)));
            }
            return {};
        }
        const std::string_view text = world::header(answer.headers, "content-length");
        const auto length = to_number(text);
        if (!text.empty() && length != size_) {
            return in_blob("has " + std::string(text.substr(0, 24)) + " bytes at the registry, not the " +
                           std::to_string(size_) + " that the manifest says");
        }
        return {};
    }

    Result<std::size_t> read_or_resume(std::span<char> into) {
        while (done_ < size_) {
            const std::uint64_t left = skip_ > 0 ? skip_ : size_ - done_;
            const std::size_t most = static_cast<std::size_t>(std::min<std::uint64_t>(left, into.size()));
            Result<std::size_t> got = body_->read(into.first(most));
            if (!got && !is_momentary(got.error())) {
                return got;
            }
            if (!got || *got == 0) {
                const Status going_on = resume(got ? "the connection ended early" : got.error().doing);
                if (!going_on) {
                    return going_on.error();
                }
            } else if (skip_ > 0) {
                skip_ -= *got;
            } else {
                take(into.first(*got));
                return got;
            }
        }
        TRY(finish());
        return std::size_t{0};
    }

    void take(std::span<const char> bytes) {
        done_ += bytes.size();
        if (wanted_.check == BlobCheck::digest) {
            sum_.add(std::string_view(bytes.data(), bytes.size()));
        }
    }

    // One more byte than promised is an error too; a server could go on for ever.
    Status finish() {
        std::array<char, 1> more{};
        const Result<std::size_t> got = body_->read(more);
        if (!got && !is_momentary(got.error())) {
            return got.error();
        }
        if (got && *got > 0) {
            return in_blob("is longer than the " + std::to_string(size_) + " bytes that the manifest says");
        }
        body_.reset();
        finished_ = true;
        if (wanted_.check == BlobCheck::digest) {
            return compare_digests(client_.world().narrator, wanted_.what, wanted_.descriptor.digest,
                                   sum_.finish_hex());
        }
        return {};
    }

    // Gives the line back, waits, asks for the rest. The question itself is tried again by exchange(): if that fails,
    // it is over.
    Status resume(const std::string& why) {
        body_.reset();
        losses_ = done_ - resumed_at_ >= refill_after ? 1 : losses_ + 1;
        resumed_at_ = done_;
        if (losses_ >= client_.retry().attempts) {
            return fail(Errc::network, "gave up on " + wanted_.what + " " + oci::short_text(wanted_.descriptor.digest) +
                                           " at byte " + std::to_string(done_) + ": " + why);
        }
        return ask_for_rest(why);
    }

    Status ask_for_rest(const std::string& why) {
        const std::string title = "ask for the rest from byte " + std::to_string(done_);
        return world::within(client_.world().narrator,
                             {world::Grain::step, world::Phase::none, title, world::Actor::daemon, {}, false},
                             [&] { return wait_and_ask(title, why); });
    }

    Status wait_and_ask(const std::string& title, const std::string& why) {
        world::World& world = client_.world();
        world.narrator.note(world::Decision{{}, "resume", title, why});
        const std::int64_t wait_ns = TRY(wait_before(losses_, {}, world.clock.wall_ns(), client_.retry()));
        TRY(world.clock.sleep(wait_ns));
        return ask();
    }

    Client client_;
    BlobWanted wanted_;
    std::uint64_t size_ = 0;
    std::uint64_t done_ = 0;
    std::uint64_t skip_ = 0;  // of the body, because it came whole where the rest was asked for
    std::uint64_t resumed_at_ = 0;
    int losses_ = 0;
    bool finished_ = false;
    std::optional<Error> broken_;
    Sha256 sum_;
    std::unique_ptr<world::Source> body_;
};

}  // namespace

bool continues_at(std::string_view content_range, std::uint64_t start, std::uint64_t size) {
    constexpr std::string_view unit = "bytes ";
    const std::size_t dash = content_range.find('-');
    const std::size_t slash = content_range.find('/');
    if (content_range.substr(0, unit.size()) != unit || dash == std::string_view::npos ||
        slash == std::string_view::npos || slash < dash) {
        return false;
    }
    const auto first = to_number(content_range.substr(unit.size(), dash - unit.size()));
    const auto last = to_number(content_range.substr(dash + 1, slash - dash - 1));
    const std::string_view total = content_range.substr(slash + 1);
    return start < size && first == start && last.has_value() && *last + 1 == size &&
           (total == "*" || to_number(total) == size);
}

Result<std::unique_ptr<world::Source>> open_blob(const Client& client, BlobWanted wanted) {
    TRY(can_check(wanted.descriptor.digest));
    if (wanted.descriptor.size < 0) {
        return fail(Errc::invalid, "a blob cannot have a negative size");
    }
    auto source = std::make_unique<BlobSource>(client, std::move(wanted));
    TRY(source->ask());
    return std::unique_ptr<world::Source>(std::move(source));
}

Result<std::string> read_to_end(world::Source& source, std::size_t size) {
    std::string all(size, '\0');
    std::size_t done = 0;
    std::array<char, 1> end{};
    while (done < size) {
        const std::size_t got = TRY(source.read(std::span<char>(all).subspan(done)));
        if (got == 0) {
            return fail(Errc::internal, "a checked stream ended early");
        }
        done += got;
    }
    if (TRY(source.read(end)) != 0) {
        return fail(Errc::internal, "a checked stream went on");
    }
    return all;
}

}  // namespace cutaway::registry
