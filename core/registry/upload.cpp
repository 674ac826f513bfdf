// SPDX-License-Identifier: Apache-2.0
#include "core/registry/upload.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "core/registry/endpoint.h"
#include "core/registry/errors.h"

namespace cutaway::registry {

namespace {

constexpr std::uint64_t largest_piece = std::uint64_t{1} << 30U;  // whatever the registry would like

std::optional<std::uint64_t> to_number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc() && end == text.data() + text.size() && !text.empty();
    return whole ? std::optional<std::uint64_t>(value) : std::nullopt;
}

}  // namespace

// The blob's bytes, which are asked for in order mostly: only a step back reads it anew.
class Upload::Bytes {
public:
    explicit Bytes(OpenBody open) : open_(std::move(open)) {}

    Result<std::size_t> read(std::uint64_t from, std::span<char> into) {
        if (source_ == nullptr || from < at_) {
            source_ = TRY(open_());
            at_ = 0;
        }
        std::array<char, 65536> skipped{};
        while (at_ < from) {
            const std::size_t most = static_cast<std::size_t>(std::min<std::uint64_t>(from - at_, skipped.size()));
            at_ += TRY(some(std::span<char>(skipped).first(most)));
        }
        const std::size_t got = TRY(some(into));
        at_ += got;
        return got;
    }

private:
    Result<std::size_t> some(std::span<char> into) {
        const std::size_t got = TRY(source_->read(into));
        if (got == 0 && !into.empty()) {
            return fail(Errc::invalid, "the store has less of the blob than the manifest says");
        }
        return got;
    }

    OpenBody open_;
    std::unique_ptr<world::Source> source_;
    std::uint64_t at_ = 0;
};

Upload::Upload(const Client& client, const oci::Reference& target, const BlobToPush& blob, std::string scope, Told told)
    : client_(client),
      target_(target),
      blob_(blob),
      scope_(std::move(scope)),
      told_(std::move(told)),
      size_(static_cast<std::uint64_t>(std::max<std::int64_t>(blob.descriptor.size, 0))),
      piece_(client.upload_piece()),
      bytes_(std::make_shared<Bytes>(blob.open)) {}

Error Upload::about(std::string_view why) const {
    return fail(Errc::invalid, blob_.what + " " + oci::short_text(blob_.descriptor.digest) + ": " + std::string(why));
}

Client::Inquiry Upload::inquiry(std::string method) const {
    Client::Inquiry inquiry;
    inquiry.method = std::move(method);
    inquiry.what = "blobs";
    inquiry.which = "uploads/";
    inquiry.scope = scope_;
    inquiry.at = place_;
    inquiry.whole = std::size_t{1} << 16U;
    return inquiry;
}

Result<bool> Upload::present() {
    Client::Inquiry question = inquiry("HEAD");
    question.which = oci::to_text(blob_.descriptor.digest);
    question.at.reset();
    question.whole = 0;
    Answer answer = TRY(client_.ask(target_, question));
    const std::string_view length = world::header(answer.headers, "content-length");
    if (passes(answer.status) && !length.empty() && to_number(length) != size_) {
        return about("the registry has " + std::string(length.substr(0, 24)) + " bytes under that digest, not the " +
                     std::to_string(size_) + " that it names");
    }
    // 403 where a redirect led: an address that was signed for GET alone. To send it once more does no harm.
    const bool elsewhere = answer.status == 403 && answer.from.host != TRY(client_.server_of(target_)).host;
    if (passes(answer.status) || answer.status == 404 || answer.status == 405 || elsewhere) {
        return passes(answer.status);
    }
    return push_refused(answer);
}

// Where the upload goes on, and how much the registry takes at least at a time.
Status Upload::take_place(const Answer& answer) {
    const std::string location(world::header(answer.headers, "location"));
    if (location.empty()) {
        return about("the registry does not say where to upload to");
    }
    const Url next = TRY_IN("upload to " + answer.from.host, resolve_location(answer.from, location));
    TRY_IN("upload", may_lead_to(answer.from, next));
    place_ = next;
    const auto least = to_number(world::header(answer.headers, "oci-chunk-min-length"));
    piece_ = std::clamp(least.value_or(0), piece_, std::max(piece_, largest_piece));
    return {};
}

Result<bool> Upload::mount(const std::string& from) {
    Client::Inquiry question = inquiry("POST");
    question.which += "?mount=" + oci::to_text(blob_.descriptor.digest) + "&from=" + percent_encoded(from);
    Answer answer = TRY(client_.ask(target_, question));
    if (answer.status == 201) {
        return true;
    }
    if (!passes(answer.status)) {
        return push_refused(answer);
    }
    TRY(take_place(answer));
    return false;
}

Status Upload::begin() {
    place_.reset();
    done_ = 0;
    Answer answer = TRY(client_.ask(target_, inquiry("POST")));
    if (!passes(answer.status)) {
        return push_refused(answer);
    }
    return take_place(answer);
}

Status Upload::send() {
    while (!finished_) {
        Status sent = send_rest();
        if (sent) {
            break;
        }
        if (!is_momentary(sent.error())) {
            return sent;
        }
        TRY(go_on_after(sent.error()));
    }
    return {};
}

Status Upload::send_rest() {
    const bool at_once = done_ == 0 && size_ <= piece_;
    while (!at_once && done_ < size_) {
        TRY(send_piece(std::min(piece_, size_ - done_), false));
    }
    return send_piece(at_once ? size_ : 0, true);
}

namespace {

// A part of the blob as a request's body.
class Part final : public world::Source {
public:
    using Read = std::function<Result<std::size_t>(std::uint64_t from, std::span<char> into)>;
    Part(Read read, std::uint64_t from, std::uint64_t size) : read_(std::move(read)), at_(from), end_(from + size) {}

    Result<std::size_t> read(std::span<char> into) override {
        const std::size_t most = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), end_ - at_));
        if (most == 0) {
            return std::size_t{0};
        }
        const std::size_t got = TRY(read_(at_, into.first(most)));
        at_ += got;
        return got;
    }

private:
    Read read_;
    std::uint64_t at_;
    std::uint64_t end_;
};

}  // namespace

// PATCH, or the PUT that says the digest and so ends it.
Status Upload::send_piece(std::uint64_t size, bool last) {
    Client::Inquiry question = inquiry(last ? "PUT" : "PATCH");
    if (last) {
        question.at = with_digest(*place_, oci::to_text(blob_.descriptor.digest));
    } else {
        question.headers.push_back({"Content-Range", std::to_string(done_) + "-" + std::to_string(done_ + size - 1)});
    }
    question.once = true;
    if (size > 0) {
        question.headers.push_back({"Content-Type", "application/octet-stream"});
        question.headers.push_back({"Content-Length", std::to_string(size)});
        const auto read = [this, from = done_](std::uint64_t at, std::span<char> into) -> Result<std::size_t> {
            if (told_ && at > from) {
                told_(at);
            }
            return bytes_->read(at, into);
        };
        question.open_body = [this, read, size]() -> Result<std::unique_ptr<world::Source>> {
            return std::unique_ptr<world::Source>(std::make_unique<Part>(read, done_, size));
        };
    }
    Answer answer = TRY(client_.ask(target_, question));
    retry_after_ = std::string(world::header(answer.headers, "retry-after"));
    if (answer.status == 416 || (answer.status == 404 && !std::exchange(forgotten_, true))) {
        return fail(Errc::network, answer.status == 416 ? "the registry expects another piece"
                                                        : "the registry has forgotten the upload");
    }
    if (!passes(answer.status)) {
        return push_refused(answer);
    }
    if (last) {
        finished_ = true;
        done_ = size_;
        return check_answer(answer);
    }
    const std::uint64_t had = TRY(accepted(answer, done_ + size));
    if (had <= done_) {
        return about("the registry took no byte of a piece that it acknowledged");
    }
    done_ = had;
    return take_place(answer);
}

Status Upload::check_answer(const Answer& answer) const {
    const std::string_view claimed = world::header(answer.headers, "docker-content-digest");
    const std::string ours = oci::to_text(blob_.descriptor.digest);
    const bool match = claimed.empty() || claimed == ours;
    if (!claimed.empty()) {
        client_.world().narrator.note(
            world::DigestChecked{"pushed " + blob_.what, ours, std::string(claimed.substr(0, 160)), match});
    }
    return match ? Status() : about("the registry says that it keeps it as " + std::string(claimed.substr(0, 80)));
}

Result<std::uint64_t> Upload::accepted(const Answer& answer, std::uint64_t otherwise) const {
    const std::uint64_t had = bytes_had(world::header(answer.headers, "range")).value_or(otherwise);
    if (had > size_) {
        return about("the registry says that it has more bytes than were sent");
    }
    return had;
}

Status Upload::go_on_after(const Error& loss) {
    losses_ = done_ > resumed_at_ ? 1 : losses_ + 1;
    resumed_at_ = done_;
    if (losses_ >= client_.retry().attempts) {
        return loss;
    }
    world::World& world = client_.world();
    const std::int64_t wait_ns = TRY(wait_before(losses_, retry_after_, world.clock.wall_ns(), client_.retry()));
    return world::within(
        world.narrator,
        {world::Grain::step, world::Phase::none, "ask how much the registry has", world::Actor::daemon, {}, false},
        [&]() -> Status {
            world.narrator.note(world::Decision{{}, "resume", "go on with the upload", loss.doing});
            TRY(world.clock.sleep(wait_ns));
            return ask_how_much();
        });
}

Status Upload::ask_how_much() {
    Answer answer = TRY(client_.ask(target_, inquiry("GET")));
    const auto had = bytes_had(world::header(answer.headers, "range"));
    if (passes(answer.status) && had.has_value()) {
        done_ = TRY(accepted(answer, 0));
        if (!world::header(answer.headers, "location").empty()) {
            return take_place(answer);
        }
        return {};
    }
    finished_ = TRY(present());  // the last request may have done its work before its answer was lost
    return finished_ ? Status() : begin();
}

std::optional<std::uint64_t> bytes_had(std::string_view range) {
    constexpr std::string_view unit = "bytes=";
    range.remove_prefix(range.substr(0, unit.size()) == unit ? unit.size() : 0);
    const auto last = range.substr(0, 2) == "0-" ? to_number(range.substr(2)) : std::nullopt;
    return last.has_value() && *last > 0 && *last < UINT64_MAX ? std::optional<std::uint64_t>(*last + 1) : std::nullopt;
}

Url with_digest(Url place, std::string_view digest) {
    place.target += place.target.find('?') == std::string::npos ? '?' : '&';
    place.target += "digest=" + percent_encoded(digest);
    return place;
}

}  // namespace cutaway::registry
