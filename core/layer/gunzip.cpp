// SPDX-License-Identifier: Apache-2.0
#include "core/layer/gunzip.h"

#include <dlfcn.h>

#include <algorithm>
#include <optional>
#include <string>

#include <zlib.h>

#if __has_include(<isa-l/igzip_lib.h>)
#include <isa-l/igzip_lib.h>
#define CUTAWAY_KNOWS_ISAL 1
#endif

namespace cutaway::layer {

namespace {

constexpr std::size_t most_at_once = std::size_t{1} << 30U;

Error damaged(const std::string& why) { return fail(Errc::invalid, "the gzip stream is damaged: " + why); }

class ZlibGunzip final : public Gunzip {
public:
    ZlibGunzip() { good_ = inflateInit2(&stream_, 15 + 16) == Z_OK; }
    ZlibGunzip(const ZlibGunzip&) = delete;
    ZlibGunzip& operator=(const ZlibGunzip&) = delete;
    ~ZlibGunzip() override { inflateEnd(&stream_); }

    Result<Step> step(std::string_view input, std::span<char> into) override {
        const auto room = static_cast<uInt>(std::min(into.size(), most_at_once));
        const auto given = static_cast<uInt>(std::min(input.size(), most_at_once));
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));  // zlib's interface predates const
        stream_.avail_in = given;
        stream_.next_out = reinterpret_cast<Bytef*>(into.data());
        stream_.avail_out = room;
        const int status = good_ ? inflate(&stream_, Z_NO_FLUSH) : Z_DATA_ERROR;
        const Step step{given - stream_.avail_in, room - stream_.avail_out, status == Z_STREAM_END};
        if (status == Z_STREAM_END) {
            good_ = inflateReset(&stream_) == Z_OK;
        } else if (status != Z_OK && status != Z_BUF_ERROR) {
            return damaged(stream_.msg != nullptr ? stream_.msg : "it cannot be inflated");
        }
        return step;
    }

private:
    z_stream stream_{};
    bool good_ = false;
};

#ifdef CUTAWAY_KNOWS_ISAL

struct Isal {
    decltype(&isal_inflate_init) init = nullptr;
    decltype(&isal_inflate_reset) reset = nullptr;
    decltype(&isal_inflate) inflate = nullptr;
};

std::optional<Isal> load_isal() {
    void* library = ::dlopen("libisal.so.2", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
        return std::nullopt;
    }
    Isal isal;
    isal.init = reinterpret_cast<decltype(isal.init)>(::dlsym(library, "isal_inflate_init"));
    isal.reset = reinterpret_cast<decltype(isal.reset)>(::dlsym(library, "isal_inflate_reset"));
    isal.inflate = reinterpret_cast<decltype(isal.inflate)>(::dlsym(library, "isal_inflate"));
    const bool usable = isal.init != nullptr && isal.reset != nullptr && isal.inflate != nullptr;
    return usable ? std::optional(isal) : std::nullopt;
}

const std::optional<Isal>& installed_isal() {
    static const std::optional<Isal> loaded = load_isal();
    return loaded;
}

class IsalGunzip final : public Gunzip {
public:
    explicit IsalGunzip(const Isal& isal) : isal_(isal), state_(std::make_unique<inflate_state>()) {
        isal_.init(state_.get());
        state_->crc_flag = ISAL_GZIP;
    }

    Result<Step> step(std::string_view input, std::span<char> into) override {
        if (ended_) {
            isal_.reset(state_.get());
            state_->crc_flag = ISAL_GZIP;
            ended_ = false;
        }
        const auto room = static_cast<std::uint32_t>(std::min(into.size(), most_at_once));
        const auto given = static_cast<std::uint32_t>(std::min(input.size(), most_at_once));
        state_->next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(input.data()));  // nor does this one
        state_->avail_in = given;
        state_->next_out = reinterpret_cast<std::uint8_t*>(into.data());
        state_->avail_out = room;
        const int status = isal_.inflate(state_.get());
        if (status < 0) {
            return damaged(status == ISAL_INCORRECT_CHECKSUM ? "incorrect data check" : "it cannot be inflated");
        }
        ended_ = state_->block_state == ISAL_BLOCK_FINISH;
        return Step{given - state_->avail_in, room - state_->avail_out, ended_};
    }

private:
    Isal isal_;
    std::unique_ptr<inflate_state> state_;
    bool ended_ = false;
};

#endif

}  // namespace

bool has_fast_inflater() {
#ifdef CUTAWAY_KNOWS_ISAL
    return installed_isal().has_value();
#else
    return false;
#endif
}

std::unique_ptr<Gunzip> make_gunzip(Inflater inflater) {
#ifdef CUTAWAY_KNOWS_ISAL
    if (inflater == Inflater::fastest && installed_isal()) {
        return std::make_unique<IsalGunzip>(*installed_isal());
    }
#else
    static_cast<void>(inflater);
#endif
    return std::make_unique<ZlibGunzip>();
}

}  // namespace cutaway::layer
