// SPDX-License-Identifier: Apache-2.0
#include "core/trace/traced_http.h"

#include <charconv>
#include <string>
#include <utility>

namespace cutaway::trace {

namespace {

constexpr std::uint64_t chunk = std::uint64_t{64} << 10U;

std::uint64_t announced_size(const std::vector<world::Pair>& headers) {
    std::string_view text = world::header(headers, "content-length");
    text = text.empty() ? world::header(headers, "Content-Length") : text;  // of a request
    std::uint64_t size = 0;
    const auto got = std::from_chars(text.data(), text.data() + text.size(), size);
    return got.ec == std::errc{} ? size : 0;
}

bool is_json(const std::vector<world::Pair>& headers) {
    return world::header(headers, "content-type").find("json") != std::string_view::npos;
}

// A request's body on its way out: progress is told and the gate asked at the same boundaries as on the way in.
class TracedUpload final : public world::Source {
public:
    TracedUpload(world::Source& inner, Frame& frame, const Mark& mark, std::uint64_t total)
        : inner_(inner), frame_(frame), mark_(mark), total_(total) {}

    Result<std::size_t> read(std::span<char> into) override {
        if (sent_ >= next_step_) {
            next_step_ = sent_ + chunk;
            TRY(frame_.progress(mark_, sent_, total_));
        }
        Result<std::size_t> got = inner_.read(into);
        sent_ += got ? *got : 0;
        return got;
    }

private:
    world::Source& inner_;
    Frame& frame_;
    Mark mark_;
    std::uint64_t total_;
    std::uint64_t sent_ = 0;
    std::uint64_t next_step_ = chunk;
};

class TracedBody final : public world::Source {
public:
    TracedBody(std::unique_ptr<world::Source> upload, std::unique_ptr<world::Source> inner, Frame& frame, Mark mark,
               const world::HttpResponse& response)
        : upload_(std::move(upload)),
          inner_(std::move(inner)),
          frame_(frame),
          mark_(std::move(mark)),
          total_(announced_size(response.headers)),
          keep_text_(is_json(response.headers)) {
        reply_.value = response.status;
        reply_.headers = response.headers;
    }
    TracedBody(const TracedBody&) = delete;
    TracedBody& operator=(const TracedBody&) = delete;

    ~TracedBody() override {
        if (open_ && total_ != reply_.bytes) {
            reply_.details.push_back({"body", "not read to its end"});
        }
        end(reply_);
    }

    Result<std::size_t> read(std::span<char> into) override {
        if (!open_) {
            return inner_->read(into);
        }
        if (reply_.bytes >= next_step_) {
            next_step_ = reply_.bytes + chunk;
            if (Status answer = frame_.progress(mark_, reply_.bytes, total_); !answer) {
                end(answer.error());
                return std::move(answer).error();
            }
        }
        Result<std::size_t> got = inner_->read(into);
        if (!got) {
            end(got.error());
        } else if (*got == 0) {
            end(reply_);
        } else {
            count(std::string_view(into.data(), *got));
        }
        return got;
    }

private:
    void count(std::string_view bytes) {
        reply_.bytes += bytes.size();
        keep_text_ = keep_text_ && reply_.bytes <= chunk;
        if (keep_text_) {
            reply_.text.append(bytes);
        } else {
            reply_.text.clear();
        }
    }
    void end(const Result<world::Reply>& result) {
        if (std::exchange(open_, false)) {
            frame_.end_call(mark_, result);
        }
    }

    std::unique_ptr<world::Source> upload_;  // whoever answers may still be reading it
    std::unique_ptr<world::Source> inner_;
    Frame& frame_;
    Mark mark_;
    world::Reply reply_;
    std::uint64_t total_;
    std::uint64_t next_step_ = chunk;
    bool keep_text_;
    bool open_ = true;
};

}  // namespace

Result<world::HttpResponse> TracedTransport::send(const world::HttpRequest& request, world::Source* upload) {
    const Mark mark = TRY(frame_.begin_call(request));
    std::unique_ptr<world::Source> traced;
    if (upload != nullptr) {
        traced = std::make_unique<TracedUpload>(*upload, frame_, mark, announced_size(request.headers));
    }
    Result<world::HttpResponse> response = inner_.send(request, traced.get());
    if (!response) {
        frame_.end_call(mark, response.error());
        return response;
    }
    auto inner_body = std::move(response->body);
    response->body = std::make_unique<TracedBody>(std::move(traced), std::move(inner_body), frame_, mark, *response);
    return response;
}

}  // namespace cutaway::trace
